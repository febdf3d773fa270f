import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { ReactElement, ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';

/** Block is a titled list of links. */
export function Block({ heading, more, children }: { heading: string; more?: { to: string; text: string }; children: ReactNode }): ReactElement {
  return (
    <Box component="section" aria-label={heading} sx={{ minWidth: 0 }}>
      <Box sx={{ display: 'flex', alignItems: 'baseline', justifyContent: 'space-between', borderBottom: 1, borderColor: 'divider', pb: 0.75, mb: 0.5 }}>
        <Typography variant="h3" component="h2">
          {heading}
        </Typography>
        {more && (
          <Link component={RouterLink} to={more.to} variant="body2">
            {more.text}
          </Link>
        )}
      </Box>
      {children}
    </Box>
  );
}

/** Line is one link of a block. */
export function Line({ to, text, detail }: { to: string; text: string; detail?: ReactNode }): ReactElement {
  return (
    <Box
      component={RouterLink}
      to={to}
      sx={{ display: 'flex', gap: 2, justifyContent: 'space-between', alignItems: 'baseline', px: 1, mx: -1, py: 0.875, borderRadius: 1, color: 'text.primary', textDecoration: 'none', '&:hover': { bgcolor: 'action.hover' } }}
    >
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
        {text}
      </Box>
      <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.75rem', whiteSpace: 'nowrap' }}>
        {detail}
      </Box>
    </Box>
  );
}
