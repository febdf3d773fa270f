import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useState, type ReactElement } from 'react';

import { Failure } from '../kit/states';

export interface ConflictProps {
  merge: () => Promise<void>;
  reload: () => void;
  close: () => void;
}

/** Conflict asks what to do with changes to a dashboard that somebody else changed meanwhile. */
export function Conflict({ merge, reload, close }: ConflictProps): ReactElement {
  const [error, setError] = useState<Error>();
  return (
    <Dialog open onClose={close} aria-labelledby="conflict-title">
      <DialogTitle id="conflict-title">This dashboard was changed by somebody else</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2 }}>
        <Typography>Nothing was saved yet. Your changes can be put into the version that is stored now: where both changed the same field, yours counts.</Typography>
        {error && <Failure error={error} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2, flexWrap: 'wrap' }}>
        <Button onClick={close} color="secondary">
          Keep editing
        </Button>
        <Button onClick={reload} color="error">
          Discard mine
        </Button>
        <Button onClick={() => void merge().catch(setError)} variant="contained">
          Merge and save
        </Button>
      </DialogActions>
    </Dialog>
  );
}
