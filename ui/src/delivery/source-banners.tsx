import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Pinned from 'mdi-material-ui/PinOutline';
import Hand from 'mdi-material-ui/HandBackRightOutline';
import { useState, type ReactElement } from 'react';

import type { History, Source } from '../api/delivery';
import { Ago } from '../kit/ago';
import { shortRevision } from '../kit/managed';
import { releaseName } from './release-list';
import { ConfirmHold, Unpin } from './source-dialogs';
import { ProblemText } from './problem-text';
import { many } from './words';

/** reasonOf is why a source is in its state, unless a banner says so. */
export function reasonOf({ state, reason, problems = [] }: Source): string | undefined {
  const told = state === 'held' || state === 'pinned' || problems.some(({ message }) => message === reason);
  return told ? undefined : reason;
}

/** SourceBanners are what somebody should know of a source first: deletions that wait, a pin, problems of the source itself. */
export function SourceBanners({ source, history }: { source: Source; history: History | undefined }): ReactElement | null {
  const [open, setOpen] = useState<'hold' | 'unpin'>();
  const { hold, pin, problems = [] } = source;
  const pinned = history?.releases?.find(({ revision }) => revision === pin?.revision);
  const close = (): void => setOpen(undefined);
  if (!hold && !pin && problems.length === 0) return null;
  return (
    <Box sx={{ display: 'grid', gap: 1 }}>
      {hold && (
        <Alert
          severity="warning"
          icon={<Hand fontSize="inherit" />}
          action={
            <Button color="inherit" size="small" onClick={() => setOpen('hold')}>
              Review
            </Button>
          }
        >
          {many(hold.deletions.length, 'deletion waits', 'deletions wait')} for a confirmation: {hold.reason}
        </Alert>
      )}
      {pin && (
        <Alert
          severity="info"
          icon={<Pinned fontSize="inherit" />}
          action={
            pin.configured ? undefined : (
              <Button color="inherit" size="small" onClick={() => setOpen('unpin')}>
                Unpin
              </Button>
            )
          }
        >
          Pinned to <b title={pin.revision}>{pinned ? releaseName(pinned) : shortRevision(pin.revision)}</b> {pin.configured ? 'by the configuration' : <Ago time={pin.since} />}
          {pin.untilNewer ? ', until something newer is offered' : ''}
        </Alert>
      )}
      {problems.slice(0, 5).map((problem, i) => (
        <Alert key={i} severity={problem.severity === 'warning' ? 'warning' : 'error'}>
          <ProblemText problem={problem} />
        </Alert>
      ))}
      {problems.length > 5 && <Alert severity="warning">And {problems.length - 5} more like these.</Alert>}
      {open === 'hold' && hold && <ConfirmHold source={source.name} hold={hold} close={close} />}
      {open === 'unpin' && <Unpin source={source.name} close={close} />}
    </Box>
  );
}
