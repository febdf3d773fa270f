import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import Typography from '@mui/material/Typography';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';

/** Loading shows that something is on its way, once that takes long enough to be worth a sign. */
export function Loading({ what = 'Loading' }: { what?: string }): ReactElement {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Box role="status" aria-label={what} sx={{ display: 'grid', placeItems: 'center', minHeight: 160, width: '100%' }}>
      {late && <CircularProgress size={28} aria-hidden />}
    </Box>
  );
}

/** Failure says what the server said. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }): ReactElement {
  const again = retry && (
    <Button color="inherit" size="small" onClick={retry}>
      Try again
    </Button>
  );
  return (
    <Alert severity="error" action={again} sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {error.message}
    </Alert>
  );
}

/** Empty says that there is nothing, why that may be, and offers what to do about it. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }): ReactElement {
  return (
    <Box sx={{ textAlign: 'center', py: 6, px: 2, border: 1, borderColor: 'divider', borderStyle: 'dashed', borderRadius: 1 }}>
      <Typography variant="h3" component="p">
        {title}
      </Typography>
      {children && (
        <Typography color="text.secondary" component="div" sx={{ mt: 1, maxWidth: 560, mx: 'auto' }}>
          {children}
        </Typography>
      )}
      {action && <Box sx={{ mt: 2 }}>{action}</Box>}
    </Box>
  );
}

interface AnsweredProps<T> {
  of: UseQueryResult<T, Error>;
  what?: string;
  children: (data: T) => ReactNode;
}

/** Answered shows the answer to a query, or that it is on its way or failed. An answer that is there stays when asking again fails. */
export function Answered<T>({ of, what, children }: AnsweredProps<T>): ReactElement {
  if (of.data !== undefined) {
    return (
      <>
        {of.error && <Failure error={of.error} retry={() => void of.refetch()} />}
        {children(of.data)}
      </>
    );
  }
  if (of.error) return <Failure error={of.error} retry={() => void of.refetch()} />;
  return <Loading {...(what ? { what } : {})} />;
}
