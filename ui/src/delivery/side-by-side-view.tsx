import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useMemo, useState, type ReactElement } from 'react';

import { changedPart, sideBySide, stretches, type Row, type Side, type Stretch } from './side-by-side';
import { mono } from './text';

interface SideBySideProps {
  before: string;
  after: string;
  names: [before: string, after: string];
}

/** SideBySide shows two texts beside each other, or below each other where there is no room; equal lines far from differences are folded. */
export function SideBySide({ before, after, names }: SideBySideProps): ReactElement {
  const wide = useMediaQuery((theme: Theme) => theme.breakpoints.up('md'));
  const parts = useMemo(() => stretches(sideBySide(before, after)), [before, after]);
  return (
    <Box tabIndex={0} role="region" aria-label={`${names[0]} and ${names[1]}`} sx={{ overflowX: 'auto', border: 1, borderColor: 'divider', borderRadius: 1 }}>
      <Box component="table" sx={tableStyle(wide)}>
        {wide && (
          <colgroup>
            <col style={{ width: 44 }} />
            <col />
            <col style={{ width: 44 }} />
            <col />
          </colgroup>
        )}
        <thead>
          <tr>
            <th colSpan={2}>{names[0]}</th>
            {wide && <th colSpan={2}>{names[1]}</th>}
            {!wide && <th>{names[1]}</th>}
          </tr>
        </thead>
        {parts.map((part, i) => (
          <Part key={i} part={part} wide={wide} />
        ))}
      </Box>
    </Box>
  );
}

function Part({ part, wide }: { part: Stretch; wide: boolean }): ReactElement {
  const [open, setOpen] = useState(false);
  if (part.folded && !open) {
    return (
      <tbody>
        <tr>
          <td colSpan={4} className="fold">
            <button type="button" onClick={() => setOpen(true)}>
              ⋯ {part.rows.length} equal lines
            </button>
          </td>
        </tr>
      </tbody>
    );
  }
  return <tbody>{part.rows.map((row, i) => (wide ? <WideRow key={i} row={row} /> : <NarrowRows key={i} row={row} />))}</tbody>;
}

function WideRow({ row }: { row: Row }): ReactElement {
  const { before, after, same } = row;
  const part = before && after && !same ? changedPart(before.text, after.text) : undefined;
  return (
    <tr>
      <Cells side={before} kind={same ? '' : before ? 'gone' : 'none'} part={part && [part.start, part.beforeEnd]} />
      <Cells side={after} kind={same ? '' : after ? 'come' : 'none'} part={part && [part.start, part.afterEnd]} />
    </tr>
  );
}

function NarrowRows({ row: { before, after, same } }: { row: Row }): ReactElement {
  if (same) return <tr>{<Cells side={after} kind="" span={2} />}</tr>;
  return (
    <>
      {before && <tr>{<Cells side={before} kind="gone" span={2} />}</tr>}
      {after && <tr>{<Cells side={after} kind="come" span={2} />}</tr>}
    </>
  );
}

const signs: Record<string, [mark: string, word: string]> = { gone: ['−', 'before'], come: ['+', 'after'] };

function Cells({ side, kind, part, span = 1 }: { side: Side | undefined; kind: string; part?: [number, number] | undefined; span?: number }): ReactElement {
  const sign = signs[kind];
  return (
    <>
      <td className={`number ${kind}`}>{side?.number}</td>
      <td className={`line ${kind}`} colSpan={span}>
        {sign && side && (
          <span role="img" aria-label={sign[1]} className="sign">
            {sign[0]}
          </span>
        )}
        {side && (part ? <Marked text={side.text} part={part} /> : side.text)}
      </td>
    </>
  );
}

function Marked({ text, part: [start, end] }: { text: string; part: [number, number] }): ReactElement {
  return (
    <>
      {text.slice(0, start)}
      <mark>{text.slice(start, end)}</mark>
      {text.slice(end)}
    </>
  );
}

function tableStyle(wide: boolean): object {
  const gone = (theme: Theme): string => (theme.palette.mode === 'dark' ? 'rgba(244, 90, 90, .16)' : 'rgba(214, 40, 40, .09)');
  const come = (theme: Theme): string => (theme.palette.mode === 'dark' ? 'rgba(80, 200, 120, .16)' : 'rgba(20, 150, 70, .10)');
  return {
    borderCollapse: 'collapse',
    width: '100%',
    tableLayout: wide ? 'fixed' : 'auto',
    fontFamily: mono,
    fontSize: '0.75rem',
    lineHeight: 1.6,
    '& th': { textAlign: 'left', fontFamily: 'inherit', fontWeight: 700, px: 1, py: 0.75, borderBottom: 1, borderColor: 'divider', overflowWrap: 'anywhere' },
    '& td': { verticalAlign: 'top', p: 0 },
    '& .number': { width: 44, minWidth: 44, textAlign: 'right', pr: 1, color: 'text.secondary', userSelect: 'none' },
    '& .line': { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', pl: '1.6em', pr: 1, position: 'relative' },
    '& .sign': { position: 'absolute', left: '0.3em', userSelect: 'none' },
    '& .gone': { backgroundColor: gone },
    '& .come': { backgroundColor: come },
    '& .none': { backgroundColor: 'action.hover' },
    '& mark': { color: 'inherit', backgroundColor: 'transparent', fontWeight: 700, textDecoration: 'underline', textUnderlineOffset: '2px' },
    '& .fold button': { font: 'inherit', width: '100%', border: 0, py: 0.25, cursor: 'pointer', color: 'text.secondary', backgroundColor: 'action.hover', textAlign: 'center' },
  };
}
