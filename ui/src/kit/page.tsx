import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useEffect, type ReactElement, type ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';

/** useTitle names the tab of the browser. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Perseid` : 'Perseid';
  }, [title]);
}

export interface Crumb {
  to: string;
  text: string;
}

interface PageProps {
  title: string;
  /** Where this page is: links from the outermost to the one above. */
  crumbs?: Crumb[];
  /** What stands beside the title: chips. */
  beside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Page is the frame of every page but dashboards: title, way back, actions, content. */
export function Page({ title, crumbs = [], beside, actions, children }: PageProps): ReactElement {
  useTitle(title);
  return (
    <Box sx={{ width: '100%', maxWidth: 1200, mx: 'auto', px: { xs: 2, sm: 3 }, py: 3 }}>
      {crumbs.length > 0 && <Crumbs crumbs={crumbs} />}
      <Stack direction="row" sx={{ alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 2.5, minHeight: 36 }}>
        <Typography variant="h1" sx={{ overflowWrap: 'anywhere', mr: 0.5 }}>
          {title}
        </Typography>
        {beside}
        <Box sx={{ flexGrow: 1 }} />
        {actions}
      </Stack>
      {children}
    </Box>
  );
}

/** Crumbs is the way back. */
export function Crumbs({ crumbs }: { crumbs: Crumb[] }): ReactElement {
  return (
    <Box component="nav" aria-label="Breadcrumb" sx={{ mb: 0.5, fontSize: '0.8125rem', color: 'text.secondary' }}>
      {crumbs.map(({ to, text }, i) => (
        <span key={to}>
          {i > 0 && ' / '}
          <Link component={RouterLink} to={to} color="inherit">
            {text}
          </Link>
        </span>
      ))}
      {' /'}
    </Box>
  );
}
