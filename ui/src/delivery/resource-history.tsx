import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import Restore from 'mdi-material-ui/History';
import { useState, type ReactElement } from 'react';

import { query } from '../api/base';
import type { ResourceStatus, Version } from '../api/delivery';
import { useGet } from '../api/queries';
import { Ago } from '../kit/ago';
import { shortRevision } from '../kit/managed';
import { Failure, Loading } from '../kit/states';
import { CommandDialog } from './command-dialog';
import { DifferenceView } from './difference-view';
import { useLive } from './live';
import { resourcePath, storedPath } from './place';
import { CommandPreview } from './preview';

interface HistoryProps {
  status: ResourceStatus;
  plural: string;
}

/** ResourceHistory lists what a resource was before, how that differs from what it is, and leads back to it. */
export function ResourceHistory({ status, plural }: HistoryProps): ReactElement {
  const { history } = status;
  return (
    <Box component="section" aria-labelledby="history">
      <Typography variant="h2" id="history" sx={{ mb: 1 }}>
        History
      </Typography>
      {history.length === 0 ? (
        <Box sx={{ color: 'text.secondary' }}>Nothing is kept from before: it was not changed yet by a source.</Box>
      ) : (
        <Box component="ol" aria-label="Previous versions, newest first" sx={{ listStyle: 'none', m: 0, p: 0, border: 1, borderColor: 'divider', borderRadius: 1 }}>
          {history.map((version, i) => (
            <VersionRow key={`${version.at} ${version.version}`} version={version} later={history[i - 1]} status={status} plural={plural} />
          ))}
        </Box>
      )}
    </Box>
  );
}

function VersionRow({ version, later, status, plural }: HistoryProps & { version: Version; later: Version | undefined }): ReactElement {
  const [open, setOpen] = useState(false);
  const [rollback, setRollback] = useState(false);
  const { version: number, at, why, source, origin, revision, pinned } = version;
  return (
    <Box component="li" sx={{ px: 1.5, py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <Box sx={{ flexGrow: 1, minWidth: 200 }}>
          <b>Version {number}</b> {pinned && <Chip size="small" color="info" variant="outlined" label="pinned" />}
          <Box sx={{ color: 'text.secondary', fontSize: '0.75rem', overflowWrap: 'anywhere' }}>
            {why} <Ago time={at} /> by {source || 'somebody'}
            {origin ? ` · was from ${origin}` : ''}
            {revision ? ` at ${shortRevision(revision)}` : ''}
          </Box>
        </Box>
        <Button size="small" aria-expanded={open} aria-label={`Difference of version ${number}`} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Difference'}
        </Button>
        {status.managed && !pinned && (
          <Button size="small" startIcon={<Restore />} aria-label={`Roll back to version ${number}`} onClick={() => setRollback(true)}>
            Roll back
          </Button>
        )}
      </Box>
      {open && <VersionDifference version={version} later={later} status={status} plural={plural} />}
      {rollback && <RollbackDialog version={number} status={status} plural={plural} close={() => setRollback(false)} />}
    </Box>
  );
}

/** VersionDifference compares a version with the present, or with the version that came after it. */
function VersionDifference({ version, later, status, plural }: HistoryProps & { version: Version; later: Version | undefined }): ReactElement {
  const [next, setNext] = useState(false);
  const at = (number: number): string => resourcePath(plural, status.project, status.name) + `/content${query({ version: number })}`;
  const before = useGet<unknown>(at(version.version));
  const present = useLive<unknown>(next ? undefined : storedPath(plural, status.project, status.name));
  const follower = useGet<unknown>(next && later ? at(later.version) : undefined);
  const after = next ? follower : present;
  const gone = !next && present.error?.status === 404;
  const error = before.error ?? (gone ? null : after.error);
  const name = next && later ? `Version ${later.version}` : 'Present';
  return (
    <Box sx={{ mt: 1.5 }}>
      {later && (
        <Button size="small" onClick={() => setNext(!next)} sx={{ mb: 1 }}>
          {next ? 'Compare with the present' : `Compare with version ${later.version}, which came next`}
        </Button>
      )}
      {error ? (
        <Failure error={error} />
      ) : before.data !== undefined && (after.data !== undefined || gone) ? (
        <DifferenceView before={before.data} after={gone ? undefined : after.data} names={[`Version ${version.version}`, gone ? 'Nothing: it was deleted' : name]} />
      ) : (
        <Loading what="The difference" />
      )}
    </Box>
  );
}

function RollbackDialog({ version, status, plural, close }: HistoryProps & { version: number; close: () => void }): ReactElement {
  const path = `${resourcePath(plural, status.project, status.name)}/rollback`;
  return (
    <CommandDialog title={`Roll back to version ${version}?`} verb="Roll back" path={path} body={{ version }} done={`Rolled back to version ${version}`} close={close}>
      <Box>The resource is kept at that content until it is unpinned, whatever its source declares.</Box>
      <CommandPreview path={path} body={{ version }} />
    </CommandDialog>
  );
}
