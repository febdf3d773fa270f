import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Lock from 'mdi-material-ui/LockOutline';
import Unlocked from 'mdi-material-ui/LockOpenVariantOutline';
import PinOff from 'mdi-material-ui/PinOffOutline';
import Undo from 'mdi-material-ui/Undo';
import { useState, type ReactElement } from 'react';

import type { ResourceStatus } from '../api/delivery';
import { CommandDialog } from './command-dialog';
import { identityText, resourcePath } from './place';

type Open = 'undo' | 'unpin' | 'unlock' | 'lock';

/** ResourceActions are the commands about one resource; those to a version stand beside it. */
export function ResourceActions({ status, plural }: { status: ResourceStatus; plural: string }): ReactElement {
  const [open, setOpen] = useState<Open>();
  const { managed, owner, history } = status;
  const base = resourcePath(plural, status.project, status.name);
  const pinned = history.some((version) => version.pinned);
  const lost = history.some(({ why }) => why !== 'updated') && !pinned && (managed || status.documents.length === 0);
  const close = (): void => setOpen(undefined);
  const button = (which: Open, text: string, icon: ReactElement): ReactElement => (
    <Button variant="outlined" color="secondary" startIcon={icon} onClick={() => setOpen(which)}>
      {text}
    </Button>
  );
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
      {lost && button('undo', 'Undo', <Undo />)}
      {pinned && button('unpin', 'Unpin', <PinOff />)}
      {managed && (owner?.until ? button('lock', 'Lock', <Lock />) : !owner?.writable && button('unlock', 'Unlock', <Unlocked />))}
      {open === 'undo' && (
        <CommandDialog title="Bring back what was there?" verb="Undo" path={`${base}/undo`} done="Brought back" close={close}>
          What was deleted or taken over last comes back. Where a source declares another content, the resource is pinned to the one that comes back.
        </CommandDialog>
      )}
      {open === 'unpin' && (
        <CommandDialog title="Follow the source again?" verb="Unpin" path={`${base}/unpin`} done="Unpinned" close={close}>
          What its source declares is served instead of the version it is pinned to.
        </CommandDialog>
      )}
      {open === 'lock' && (
        <CommandDialog title="Lock it again?" verb="Lock" path={`${base}/unlock`} body={{ for: '0s' }} done="Locked" close={close}>
          What its source declares replaces what was edited meanwhile. That is kept in the history.
        </CommandDialog>
      )}
      {open === 'unlock' && <UnlockDialog status={status} path={`${base}/unlock`} close={close} />}
    </Stack>
  );
}

const times = [
  { value: '15m', text: '15 minutes' },
  { value: '1h', text: 'an hour' },
  { value: '2h', text: '2 hours' },
  { value: '8h', text: '8 hours' },
  { value: '24h', text: 'a day' },
];

function UnlockDialog({ status, path, close }: { status: ResourceStatus; path: string; close: () => void }): ReactElement {
  const [time, setTime] = useState('1h');
  return (
    <CommandDialog title="Unlock for a while?" verb="Unlock" path={path} body={{ for: time }} done="Unlocked" close={close}>
      <Box>
        {identityText(status)} can be edited meanwhile. After that its source returns: the edit is undone, and kept in the history.
      </Box>
      <TextField select autoFocus label="For" value={time} onChange={(event) => setTime(event.target.value)}>
        {times.map(({ value, text }) => (
          <MenuItem key={value} value={value}>
            {text}
          </MenuItem>
        ))}
      </TextField>
    </CommandDialog>
  );
}
