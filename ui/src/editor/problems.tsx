import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import { ApiError } from '../api/request';

/** Problems lists what the server finds wrong, each with its place and what to do. */
export function Problems({ error }: { error: Error }): ReactElement {
  const problems = error instanceof ApiError ? error.problems : [];
  return (
    <Alert severity="error" sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
      {problems.length === 0 && error.message}
      {problems.map(({ path, message, hint }) => (
        <Box key={`${path} ${message}`} sx={{ mb: 0.5 }}>
          {path && <code>{path}: </code>}
          {message}
          {hint && <Box sx={{ color: 'text.secondary' }}>{hint}</Box>}
        </Box>
      ))}
    </Alert>
  );
}
