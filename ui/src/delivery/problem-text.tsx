import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import type { Problem } from '../api/delivery';
import { mono } from './text';

/** ProblemText says what is wrong, where, and what to do about it. */
export function ProblemText({ problem }: { problem: Problem }): ReactElement {
  const { path, origin, message, hint = '' } = problem;
  const [todo, ...rest] = hint.split('\n');
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      {(path || origin) && (
        <Box component="span" sx={{ fontFamily: mono, fontSize: '0.75rem', mr: 1 }}>
          {path || origin}
        </Box>
      )}
      {message}
      {todo && <Box sx={{ color: 'text.secondary', mt: 0.25 }}>→ {todo}</Box>}
      {rest.length > 0 && (
        <Box component="pre" tabIndex={0} sx={{ fontFamily: mono, fontSize: '0.75rem', m: 0, mt: 0.5, p: 1, borderRadius: 1, bgcolor: 'action.hover', overflowX: 'auto' }}>
          {rest.join('\n')}
        </Box>
      )}
    </Box>
  );
}
