import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useState, type FormEvent, type ReactElement, type ReactNode } from 'react';

import { Failure } from './states';

interface FormDialogProps {
  title: string;
  /** What the button says: the verb. */
  verb: string;
  danger?: boolean;
  disabled?: boolean;
  /** Does it; the dialog closes when that is done, and shows why not when it fails. */
  act: () => Promise<unknown>;
  close: () => void;
  children: ReactNode;
}

/** FormDialog asks for what an action needs, or whether it is meant. Render it while it is open. */
export function FormDialog({ title, verb, danger, disabled, act, close, children }: FormDialogProps): ReactElement {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await act();
      close();
    } catch (e) {
      setError(e as Error);
      setBusy(false);
    }
  };
  return (
    <Dialog open onClose={close} fullWidth maxWidth="sm" aria-labelledby="form-dialog-title">
      <form onSubmit={(event) => void submit(event)}>
        <DialogTitle id="form-dialog-title">{title}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, '&&': { pt: 1 } }}>
          {children}
          {error && <Failure error={error} />}
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={close} color="secondary">
            Cancel
          </Button>
          <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={busy || disabled}>
            {verb}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
