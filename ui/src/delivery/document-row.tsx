import Box from '@mui/material/Box';
import Down from 'mdi-material-ui/ChevronDown';
import Right from 'mdi-material-ui/ChevronRight';
import { memo, useId, type ReactElement } from 'react';

import type { Document } from '../api/delivery';
import { Ago } from '../kit/ago';
import { DocumentDetails } from './document-details';
import { identityText } from './place';
import { OutcomeSign } from './signs';
import { many } from './words';

interface DocumentRowProps {
  document: Document;
  id: string;
  open: boolean;
  toggle: (id: string) => void;
}

/** DocumentRow is a document as a button that opens what there is to say of it. */
export const DocumentRow = memo(function DocumentRow({ document, id, open, toggle }: DocumentRowProps): ReactElement {
  const details = useId();
  const { outcome, origin, since, problems = [] } = document;
  return (
    <Box sx={{ borderBottom: 1, borderColor: 'divider' }}>
      <Box component="button" data-row type="button" aria-expanded={open} aria-controls={open ? details : undefined} onClick={() => toggle(id)} sx={rowStyle}>
        <Box component="span" sx={{ color: 'text.secondary', display: 'flex' }} aria-hidden>
          {open ? <Down fontSize="small" /> : <Right fontSize="small" />}
        </Box>
        <Box component="span" sx={{ minWidth: 0 }}>
          <Box component="span" className="cut" sx={{ fontWeight: 700 }}>
            {nameOf(document)}
          </Box>
          <Box component="span" className="cut" sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>
            {origin}
          </Box>
        </Box>
        <Box component="span" className="outcome">
          <OutcomeSign outcome={outcome} />
          {problems.length > 0 && outcome !== 'invalid' && (
            <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.75rem', ml: 1 }}>
              {many(problems.length, 'remark')}
            </Box>
          )}
        </Box>
        <Box component="span" className="since">
          <Ago time={since} />
        </Box>
      </Box>
      {open && (
        <Box id={details} sx={{ px: { xs: 1, sm: 4.5 }, pb: 2 }}>
          <DocumentDetails document={document} />
        </Box>
      )}
    </Box>
  );
});

function nameOf({ kind, project, name, index }: Document): string {
  return kind && name ? identityText({ kind, project, name }) : `Document ${index + 1}${kind ? `, ${kind}` : ''}`;
}

const rowStyle = {
  font: 'inherit',
  color: 'inherit',
  textAlign: 'left',
  width: '100%',
  minHeight: 56,
  border: 0,
  background: 'none',
  cursor: 'pointer',
  px: 1,
  py: 0.75,
  display: 'grid',
  alignItems: 'center',
  columnGap: 1.5,
  gridTemplateColumns: { xs: '20px minmax(0, 1fr) auto', md: '20px minmax(0, 1fr) 170px 130px' },
  '&:hover': { backgroundColor: 'action.hover' },
  '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: '-2px' },
  '& .cut': { display: 'block', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '& .since': { display: { xs: 'none', md: 'block' }, color: 'text.secondary', textAlign: 'right' },
} as const;
