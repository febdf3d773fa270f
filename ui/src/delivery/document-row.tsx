import { memo, useId, type ReactElement } from 'react';

import type { Document } from '../api/delivery';
import { Ago } from '../kit/ago';
import { DocumentDetails } from './document-details';
import { identityText } from './place';
import { PlainOutcome, plainStyles } from './signs';
import { many } from './words';

interface DocumentRowProps {
  document: Document;
  id: string;
  open: boolean;
  toggle: (id: string) => void;
  /** Where the source is: what is below it is shown by its path from there. */
  location: string;
}

/**
 * DocumentRow is a document as a button that opens what there is to say of it. Whoever drags the scroll bar has hundreds of them made each second,
 * so that it is of plain elements, which the list around it styles once: see rowStyles.
 */
export const DocumentRow = memo(function DocumentRow({ document, id, open, toggle, location }: DocumentRowProps): ReactElement {
  const details = useId();
  const { outcome, origin, since, problems = [] } = document;
  return (
    <>
      <button data-row type="button" aria-expanded={open} aria-controls={open ? details : undefined} onClick={() => toggle(id)}>
        <span className="arrow" />
        <span className="texts">
          <span className="name">{nameOf(document)}</span>
          <span className="small" title={origin}>
            {origin.startsWith(`${location}/`) ? origin.slice(location.length + 1) : origin}
          </span>
        </span>
        <span>
          <PlainOutcome outcome={outcome} />
          {problems.length > 0 && outcome !== 'invalid' && <span className="small remarks">{many(problems.length, 'remark')}</span>}
        </span>
        <span className="since">
          <Ago time={since} />
        </span>
      </button>
      {open && (
        <div id={details} className="details">
          <DocumentDetails document={document} />
        </div>
      )}
    </>
  );
});

function nameOf({ kind, project, name, index }: Document): string {
  return kind && name ? identityText({ kind, project, name }) : `Document ${index + 1}${kind ? `, ${kind}` : ''}`;
}

/** rowHeight is how high a closed row is, with the line below it, in rem: it grows with the letters of the reader. */
export const rowHeight = 3.5625;

/** rowStyles is what rows look like, for the list of them. */
export const rowStyles = {
  ...plainStyles,
  '& > li': { position: 'absolute', top: 0, left: 0, right: 0, minHeight: `${rowHeight}rem`, borderBottom: 1, borderColor: 'divider', contain: 'layout style' },
  '& button[data-row]': {
    font: 'inherit',
    color: 'inherit',
    textAlign: 'left',
    width: '100%',
    height: `calc(${rowHeight}rem - 1px)`,
    border: 0,
    background: 'none',
    cursor: 'pointer',
    px: 1,
    py: 0,
    display: 'grid',
    alignItems: 'center',
    columnGap: 1.5,
    gridTemplateColumns: { xs: '20px minmax(0, 1fr) auto', md: '20px minmax(0, 1fr) 170px 130px' },
    '&:hover': { backgroundColor: 'action.hover' },
    '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: '-2px' },
  },
  '& .arrow': { justifySelf: 'center', width: '0.4375rem', height: '0.4375rem', border: 'solid', borderColor: 'text.secondary', borderWidth: '2px 2px 0 0', transform: 'translateX(-2px) rotate(45deg)' },
  '& [aria-expanded="true"] > .arrow': { transform: 'translateY(-2px) rotate(135deg)' },
  '& .texts': { minWidth: 0 },
  '& .texts > span': { display: 'block', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '& .name': { fontWeight: 700 },
  '& .small': { color: 'text.secondary', fontSize: '0.75rem' },
  '& .remarks': { ml: 1 },
  '& .since': { display: { xs: 'none', md: 'block' }, color: 'text.secondary', textAlign: 'right' },
  '& .details': { px: { xs: 1, sm: 4.5 }, pb: 2 },
} as const;
