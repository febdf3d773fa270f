import Button from '@mui/material/Button';
import type { ReactElement } from 'react';
import { isRouteErrorResponse, useRouteError } from 'react-router-dom';

import { Page } from '../kit/page';
import { Failure } from '../kit/states';

/** FailurePage stands where a page broke. */
export function FailurePage(): ReactElement {
  const error = useRouteError();
  // After an upgrade of the server the parts of a page that is still open have other names.
  const outdated = error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);
  const text = isRouteErrorResponse(error) ? error.statusText : error instanceof Error ? error.message : String(error);
  return (
    <Page title={outdated ? 'A new version is there' : 'This page broke'}>
      {outdated ? <p>The server was upgraded since this page was opened.</p> : <Failure error={new Error(text)} />}
      <Button variant="contained" sx={{ mt: 2 }} onClick={() => window.location.reload()}>
        Load it again
      </Button>
    </Page>
  );
}
