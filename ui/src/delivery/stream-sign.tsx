import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import { useEvents } from '../api/events';

/** StreamSign says whether what is shown follows the server. */
export function StreamSign(): ReactElement {
  const { state } = useEvents();
  const live = state === 'open';
  return (
    <Box component="span" role="status" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, color: 'text.secondary', fontSize: '0.75rem' }}>
      <Box
        component="span"
        aria-hidden
        sx={{ width: 8, height: 8, borderRadius: '50%', bgcolor: live ? 'success.main' : state === 'lost' ? 'error.main' : 'text.disabled', boxShadow: live ? '0 0 0 3px rgba(70, 180, 120, .18)' : 'none' }}
      />
      {live ? 'Live' : state === 'lost' ? 'Not live' : 'Connecting'}
    </Box>
  );
}

/** StreamLost stands above what may be old. */
export function StreamLost(): ReactElement | null {
  const { state, sources } = useEvents();
  if (state !== 'lost') return null;
  return (
    <Alert severity="warning" sx={{ mb: 2 }}>
      The connection to the server is lost{sources ? ', so what is shown may be old' : ''}. It is tried again every few seconds.
    </Alert>
  );
}
