import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import IconButton from '@mui/material/IconButton';
import Magnify from 'mdi-material-ui/Magnify';
import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react';

import { useConfig } from '../api/queries';

const Search = lazy(async () => ({ default: (await import('./search')).Search }));

/** SearchShortcut is the search in the bar. `/` and Ctrl-K open it; where a page has a search of its own, they go there. */
export function SearchShortcut(): ReactElement {
  const [open, setOpen] = useState(false);
  const shortcuts = useConfig().data?.frontend?.enable_keyboard_shortcuts !== false;
  const start = (): void => {
    const own = document.querySelector<HTMLInputElement>('main [data-search]');
    if (own) own.focus();
    else setOpen(true);
  };
  useEffect(() => {
    if (!shortcuts) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (!isShortcut(event)) return;
      event.preventDefault();
      start();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [shortcuts]);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button
        onClick={start}
        startIcon={<Magnify />}
        color="inherit"
        aria-label="Search"
        sx={{ display: { xs: 'none', sm: 'flex' }, minWidth: 180, justifyContent: 'flex-start', fontWeight: 400, color: 'rgba(255, 255, 255, .7)', border: '1px solid rgba(255, 255, 255, .2)', py: 0.25 }}
      >
        Search
      </Button>
      <IconButton onClick={start} color="inherit" aria-label="Search" sx={{ display: { sm: 'none' } }}>
        <Magnify />
      </IconButton>
      <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-label="Search" sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }} PaperProps={{ sx: { p: 2 } }}>
        <Suspense>
          <Search autoFocus done={close} />
        </Suspense>
      </Dialog>
    </>
  );
}

/** isShortcut: Ctrl-K or ⌘K anywhere, a slash where nobody types. */
function isShortcut(event: KeyboardEvent): boolean {
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) return true;
  const target = event.target as HTMLElement;
  const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  return event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
}
