import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Pause from 'mdi-material-ui/PauseCircleOutline';
import Play from 'mdi-material-ui/PlayCircleOutline';
import Refresh from 'mdi-material-ui/Refresh';
import { useState, type ReactElement } from 'react';

import type { Source } from '../api/delivery';
import { useNotice } from '../kit/notice';
import { CommandDialog } from './command-dialog';
import { needsToken, order } from './order';
import { sourcePath } from './place';
import { Forget, Resume, Suspend } from './source-dialogs';

type Open = 'suspend' | 'resume' | 'forget' | 'reconcile';

/** SourceActions are the commands to a source. */
export function SourceActions({ source }: { source: Source }): ReactElement {
  const [open, setOpen] = useState<Open>();
  const props = { source: source.name, close: () => setOpen(undefined) };
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
      <Buttons source={source} open={setOpen} />
      {open === 'suspend' && <Suspend {...props} />}
      {open === 'resume' && <Resume {...props} />}
      {open === 'forget' && <Forget {...props} />}
      {open === 'reconcile' && (
        <CommandDialog title="Reconcile now?" verb="Reconcile" path={sourcePath(source.name, 'reconcile')} done="The source is being listed" close={props.close}>
          The server takes this command from those who have its token.
        </CommandDialog>
      )}
    </Stack>
  );
}

function Buttons({ source, open }: { source: Source; open: (which: Open) => void }): ReactElement {
  if (source.state === 'orphaned') {
    return (
      <Button variant="outlined" color="error" onClick={() => open('forget')}>
        Forget
      </Button>
    );
  }
  const suspended = source.state === 'suspended';
  return (
    <>
      <Button variant="outlined" color="secondary" startIcon={suspended ? <Play /> : <Pause />} onClick={() => open(suspended ? 'resume' : 'suspend')}>
        {suspended ? 'Resume' : 'Suspend'}
      </Button>
      <ReconcileButton source={source.name} ask={() => open('reconcile')} />
    </>
  );
}

function ReconcileButton({ source, ask }: { source: string; ask: () => void }): ReactElement {
  const tell = useNotice();
  const act = async (): Promise<void> => {
    try {
      await order(sourcePath(source, 'reconcile'));
      tell('The source is being listed');
    } catch (error) {
      if (needsToken(error)) ask();
      else tell((error as Error).message, 'error');
    }
  };
  return (
    <Button variant="contained" startIcon={<Refresh />} onClick={() => void act()}>
      Reconcile now
    </Button>
  );
}
