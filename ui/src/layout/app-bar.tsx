import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import MenuIcon from 'mdi-material-ui/Menu';
import Moon from 'mdi-material-ui/WeatherNight';
import Sun from 'mdi-material-ui/WhiteBalanceSunny';
import { useState, type ReactElement } from 'react';
import { Link, NavLink } from 'react-router-dom';

import { useMode } from '../kit/mode';
import { SearchShortcut } from '../search/shortcut';
import { Logo } from './logo';
import { usePlaces } from './navigation';

/** barHeight is in pixels: pages that fill the window subtract it. */
export const barHeight = 48;

const ink = '#171a35';

/** AppBar is at the top of every page. */
export function AppBar(): ReactElement {
  return (
    <Box
      component="header"
      sx={{
        position: 'sticky',
        top: 0,
        zIndex: 'appBar',
        height: barHeight,
        flexShrink: 0,
        display: 'flex',
        alignItems: 'center',
        gap: 1,
        px: { xs: 1.5, sm: 2 },
        color: '#fff',
        backgroundColor: ink,
        '& :focus-visible': { outline: '2px solid #a9bbff' },
      }}
    >
      <Box component={Link} to="/" aria-label="Perseid, home" sx={{ display: 'flex', alignItems: 'center', gap: 1, color: 'inherit', textDecoration: 'none', mr: 2 }}>
        <Logo />
        <Box component="span" sx={{ fontSize: '1.0625rem', fontWeight: 700, letterSpacing: '.01em' }}>
          Perseid
        </Box>
      </Box>
      <WideNavigation />
      <Box sx={{ flexGrow: 1 }} />
      <SearchShortcut />
      <ModeButton />
      <NarrowNavigation />
    </Box>
  );
}

function WideNavigation(): ReactElement {
  const link = {
    px: 1.25,
    py: 0.75,
    borderRadius: 1,
    color: 'rgba(255, 255, 255, .78)',
    textDecoration: 'none',
    fontSize: '0.875rem',
    '&:hover': { color: '#fff', backgroundColor: 'rgba(255, 255, 255, .08)' },
    '&.active': { color: '#fff', backgroundColor: 'rgba(255, 255, 255, .14)' },
  };
  return (
    <Box component="nav" aria-label="Main" sx={{ display: { xs: 'none', md: 'flex' }, gap: 0.25 }}>
      {usePlaces().map(({ to, text, end }) => (
        <Box component={NavLink} key={to} to={to} end={end} sx={link}>
          {text}
        </Box>
      ))}
    </Box>
  );
}

function NarrowNavigation(): ReactElement {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = (): void => setAnchor(null);
  return (
    <Box sx={{ display: { md: 'none' } }}>
      <IconButton aria-label="Menu" aria-haspopup="menu" aria-expanded={anchor !== null} color="inherit" onClick={(e) => setAnchor(e.currentTarget)}>
        <MenuIcon />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        {usePlaces().map(({ to, text, end }) => (
          <MenuItem key={to} component={NavLink} to={to} end={end} onClick={close} sx={{ minWidth: 180, '&.active': { fontWeight: 700 } }}>
            {text}
          </MenuItem>
        ))}
      </Menu>
    </Box>
  );
}

function ModeButton(): ReactElement {
  const { mode, toggle } = useMode();
  const label = mode === 'dark' ? 'Light theme' : 'Dark theme';
  return (
    <Tooltip title={label}>
      <IconButton aria-label={label} color="inherit" onClick={toggle}>
        {mode === 'dark' ? <Sun fontSize="small" /> : <Moon fontSize="small" />}
      </IconButton>
    </Tooltip>
  );
}
