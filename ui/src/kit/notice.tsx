import Alert from '@mui/material/Alert';
import Snackbar from '@mui/material/Snackbar';
import { createContext, useCallback, useContext, useState, type ReactElement, type ReactNode } from 'react';

interface Notice {
  text: string;
  severity: 'success' | 'error' | 'info';
}

type Tell = (text: string, severity?: Notice['severity']) => void;

const Context = createContext<Tell>(() => undefined);

/** NoticeProvider shows what happened, for a while. */
export function NoticeProvider({ children }: { children: ReactNode }): ReactElement {
  const [notice, setNotice] = useState<Notice>();
  const [open, setOpen] = useState(false);
  const tell = useCallback<Tell>((text, severity = 'success') => {
    setNotice({ text, severity });
    setOpen(true);
  }, []);
  const close = (_: unknown, reason?: string): void => {
    if (reason !== 'clickaway') setOpen(false);
  };
  return (
    <Context.Provider value={tell}>
      {children}
      <Snackbar open={open} onClose={close} autoHideDuration={notice?.severity === 'error' ? 12_000 : 4_000} key={notice?.text}>
        <Alert severity={notice?.severity ?? 'info'} variant="filled" onClose={close}>
          {notice?.text}
        </Alert>
      </Snackbar>
    </Context.Provider>
  );
}

/** useNotice gives the function that tells somebody what happened. */
export function useNotice(): Tell {
  return useContext(Context);
}
