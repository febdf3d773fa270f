import Typography from '@mui/material/Typography';
import { useEffect, type ReactElement } from 'react';
import { useBlocker } from 'react-router-dom';

import { FormDialog } from '../kit/form-dialog';

/** Leave asks before changes are lost. That of Perses would also ask when time range or variables change, which are part of the address. */
export function Leave({ dirty }: { dirty: boolean }): ReactElement | null {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);
  if (blocker.state !== 'blocked') return null;
  return (
    <FormDialog title="Leave without saving?" verb="Leave" danger act={async () => blocker.proceed()} close={() => blocker.reset?.()}>
      <Typography>Your changes to this dashboard are lost then.</Typography>
    </FormDialog>
  );
}
