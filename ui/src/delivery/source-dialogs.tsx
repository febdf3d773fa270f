import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useState, type ReactElement } from 'react';

import type { Hold, Release } from '../api/delivery';
import { CommandDialog } from './command-dialog';
import { sourcePath } from './place';
import { releaseName, rollText } from './release-list';
import { CommandPreview } from './preview';
import { many } from './words';

interface DialogProps {
  source: string;
  close: () => void;
}

/** ConfirmHold lets deletions go that wait, once somebody saw which. */
export function ConfirmHold({ source, hold, close }: DialogProps & { hold: Hold }): ReactElement {
  const n = hold.deletions.length;
  return (
    <CommandDialog
      title={`Delete ${many(n, 'resource')}?`}
      verb={`Delete ${n.toLocaleString('en')}`}
      danger
      path={sourcePath(source, 'prune')}
      body={{ id: hold.id }}
      done={`Confirmed: ${many(n, 'resource is', 'resources are')} deleted`}
      close={close}
    >
      <Box>
        {source} no longer declares these: {hold.reason}. Their contents are kept, so that each can be brought back.
      </Box>
      <Box component="ul" tabIndex={0} aria-label="What would be deleted" sx={{ m: 0, pl: 3, maxHeight: '40vh', overflowY: 'auto', overflowWrap: 'anywhere' }}>
        {hold.deletions.slice(0, 1000).map((name) => (
          <li key={name}>{name}</li>
        ))}
        {n > 1000 && <li>and {(n - 1000).toLocaleString('en')} more</li>}
      </Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>Hold {hold.id}. If the files change before you confirm, this is refused, and the new list is to be looked at.</Box>
    </CommandDialog>
  );
}

/** Unpin follows a source again, once somebody saw what that changes. */
export function Unpin({ source, close }: DialogProps): ReactElement {
  const path = sourcePath(source, 'unpin');
  return (
    <CommandDialog title="Follow the source again?" verb="Unpin" path={path} done="Unpinned" close={close}>
      <Box>What the source offers now is served instead of the release it is pinned to:</Box>
      <CommandPreview path={path} />
    </CommandDialog>
  );
}

/** Resume follows a suspended source again, once somebody saw what that changes. */
export function Resume({ source, close }: DialogProps): ReactElement {
  const path = sourcePath(source, 'resume');
  return (
    <CommandDialog title="Resume the source?" verb="Resume" path={path} done="Resumed" close={close}>
      <Box>What was changed by hand meanwhile is replaced by what the source declares:</Box>
      <CommandPreview path={path} />
    </CommandDialog>
  );
}

/** Suspend leaves what a source serves as it is. */
export function Suspend({ source, close }: DialogProps): ReactElement {
  return (
    <CommandDialog title="Suspend the source?" verb="Suspend" path={sourcePath(source, 'suspend')} done="Suspended" close={close}>
      <Box>What it serves stays as it is, whatever its files say, until it is resumed. Its resources can be edited meanwhile; resuming undoes those edits.</Box>
    </CommandDialog>
  );
}

/** Forget gives up what a source left that is no longer configured. */
export function Forget({ source, close }: DialogProps): ReactElement {
  const [prune, setPrune] = useState(false);
  const path = sourcePath(source, 'forget');
  return (
    <CommandDialog title="Forget the source?" verb={prune ? 'Forget and delete' : 'Forget'} danger={prune} path={path} body={{ prune }} done="Forgotten" close={close}>
      <Box>The source is gone from the configuration. Its resources stay and can be edited here, unless they are deleted with it.</Box>
      <FormControlLabel control={<Checkbox checked={prune} onChange={(event) => setPrune(event.target.checked)} />} label="Delete what no other source declares" />
      <CommandPreview path={path} body={{ prune }} />
    </CommandDialog>
  );
}

/** Rollback goes to another release and stays there, once somebody saw what that changes. */
export function Rollback({ source, release, forward, close }: DialogProps & { release: Release; forward: boolean }): ReactElement {
  const [untilNewer, setUntilNewer] = useState(false);
  const path = sourcePath(source, 'rollback');
  const name = releaseName(release);
  const verb = rollText(forward);
  return (
    <CommandDialog title={`${verb} to ${name}?`} verb={verb} path={path} body={{ revision: release.revision, untilNewer }} done={`The source is kept at ${name}`} close={close}>
      <Box>The source is kept at this release until it is unpinned. What it does not hold is removed; all of it is kept for undo.</Box>
      <FormControlLabel
        control={<Checkbox checked={untilNewer} onChange={(event) => setUntilNewer(event.target.checked)} />}
        label="Only until something newer is offered, and proves valid"
      />
      <CommandPreview path={path} body={{ revision: release.revision }} />
    </CommandDialog>
  );
}
