import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { ReactElement } from 'react';
import { Outlet, ScrollRestoration, useNavigation } from 'react-router-dom';

import { useConfig } from '../api/queries';
import { AppBar } from './app-bar';

/** Layout is what all pages share. */
export function Layout(): ReactElement {
  return (
    <Box sx={{ minHeight: '100dvh', display: 'flex', flexDirection: 'column' }}>
      <SkipLink />
      <AppBar />
      <Banner />
      <Progress />
      <Box component="main" id="main" tabIndex={-1} sx={{ flexGrow: 1, display: 'flex', flexDirection: 'column', minWidth: 0, outline: 'none' }}>
        <Outlet />
      </Box>
      <ScrollRestoration />
    </Box>
  );
}

function SkipLink(): ReactElement {
  const hidden = { position: 'absolute', left: 8, top: -60, zIndex: 'tooltip', px: 2, py: 1, borderRadius: 1, bgcolor: 'background.paper', color: 'text.primary' };
  const skip = (): void => document.getElementById('main')?.focus();
  return (
    <Box component="button" onClick={skip} sx={{ ...hidden, border: 0, '&:focus': { top: 8 } }}>
      Skip to content
    </Box>
  );
}

function Banner(): ReactElement | null {
  const banner = useConfig().data?.frontend?.banner;
  if (!banner?.message) return null;
  return (
    <Alert severity={banner.severity ?? 'info'} square sx={{ borderRadius: 0 }}>
      {banner.message}
    </Alert>
  );
}

/** Progress is a line below the bar while the code of the next page is fetched. */
function Progress(): ReactElement {
  const busy = useNavigation().state !== 'idle';
  return (
    <Box
      aria-hidden
      sx={{
        position: 'fixed',
        top: 0,
        left: 0,
        height: 2,
        zIndex: 'tooltip',
        bgcolor: '#ffd479',
        width: busy ? '70%' : 0,
        transition: busy ? 'width 2s ease-out .2s' : 'none',
      }}
    />
  );
}
