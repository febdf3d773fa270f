import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import { query } from '../api/base';
import type { Excerpt, Problem } from '../api/delivery';
import { useLive } from './live';
import { sourcePath } from './place';
import { mono } from './text';

interface ExcerptBoxProps {
  source: string;
  origin: string;
  problem: Problem;
}

/** ExcerptBox shows the lines of a file around a problem, that of the problem marked. */
export function ExcerptBox({ source, origin, problem }: ExcerptBoxProps): ReactElement | null {
  const { line, column } = problem;
  const { data, error } = useLive<Excerpt>(sourcePath(source, 'excerpt') + query({ origin, line, column }));
  if (error) return <Note>Line {line}. Its text cannot be shown: {error.message}</Note>;
  if (!data) return <Box sx={{ height: 120 }} aria-hidden />;
  if (data.concealed) return <Note>Line {line}. No text is shown: {data.concealed}.</Note>;
  return <Lines excerpt={data} />;
}

function Note({ children }: { children: React.ReactNode }): ReactElement {
  return <Box sx={{ color: 'text.secondary', mt: 0.5, overflowWrap: 'anywhere' }}>{children}</Box>;
}

function Lines({ excerpt }: { excerpt: Excerpt }): ReactElement {
  const { first = 1, lines = [], line = 0, column = 0 } = excerpt;
  return (
    <Box
      component="pre"
      tabIndex={0}
      aria-label={`Lines ${first} to ${first + lines.length - 1} of the file`}
      sx={{ fontFamily: mono, fontSize: '0.75rem', lineHeight: 1.7, m: 0, mt: 1, py: 0.75, overflowX: 'auto', borderRadius: 1, border: 1, borderColor: 'divider', bgcolor: 'background.code' }}
    >
      {lines.map((text, i) => (
        <Line key={i} number={first + i} text={text} marked={first + i === line} column={column} />
      ))}
    </Box>
  );
}

function Line({ number, text, marked, column }: { number: number; text: string; marked: boolean; column: number }): ReactElement {
  const style = { display: 'block', minWidth: 'max-content', pr: 2, borderLeft: 3, borderColor: 'transparent', ...(marked && { bgcolor: 'action.selected', borderColor: 'error.main', fontWeight: 700 }) };
  return (
    <Box component="span" sx={style}>
      <Box component="span" aria-hidden sx={{ display: 'inline-block', width: '4.5em', pr: 1.5, textAlign: 'right', color: 'text.secondary', userSelect: 'none', fontWeight: 400 }}>
        {number}
      </Box>
      {marked && column > 0 ? <Pointed text={text} column={column} /> : text || ' '}
    </Box>
  );
}

/** Pointed underlines the line from the column on. */
function Pointed({ text, column }: { text: string; column: number }): ReactElement {
  const letters = Array.from(text);
  return (
    <>
      {letters.slice(0, column - 1).join('')}
      <Box component="mark" sx={{ color: 'inherit', background: 'none', textDecoration: 'underline wavy', textDecorationColor: (theme) => theme.palette.error.main, textUnderlineOffset: '3px' }}>
        {letters.slice(column - 1).join('')}
      </Box>
    </>
  );
}
