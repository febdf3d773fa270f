import TextField from '@mui/material/TextField';
import { useState, type ReactElement, type ReactNode } from 'react';

import { FormDialog } from '../kit/form-dialog';
import { useNotice } from '../kit/notice';
import { keepToken, needsToken, order } from './order';

interface CommandDialogProps {
  title: string;
  verb: string;
  danger?: boolean;
  disabled?: boolean;
  path: string;
  body?: object;
  /** What to tell once it is done. */
  done: string;
  close: () => void;
  children: ReactNode;
}

/** CommandDialog gives a command once somebody meant it, and asks for the token where the server wants one. */
export function CommandDialog({ title, verb, danger = false, disabled = false, path, body, done, close, children }: CommandDialogProps): ReactElement {
  const tell = useNotice();
  const [asks, setAsks] = useState(false);
  const [text, setText] = useState('');
  const act = async (): Promise<void> => {
    if (text) keepToken(text);
    try {
      await order(path, body);
    } catch (error) {
      if (needsToken(error)) setAsks(true);
      throw error;
    }
    tell(done);
  };
  return (
    <FormDialog title={title} verb={verb} danger={danger} disabled={disabled} act={act} close={close}>
      {children}
      {asks && (
        <TextField
          autoFocus
          type="password"
          autoComplete="off"
          label="Token"
          value={text}
          onChange={(event) => setText(event.target.value)}
          helperText="The one in delivery.api.token_file. It is kept until this tab is closed."
        />
      )}
    </FormDialog>
  );
}
