import Button from '@mui/material/Button';
import type { ReactElement } from 'react';
import { Link, useLocation } from 'react-router-dom';

import { Page } from '../kit/page';
import { Empty } from '../kit/states';

export function Component(): ReactElement {
  const { pathname } = useLocation();
  const home = (
    <Button component={Link} to="/" variant="contained">
      Home
    </Button>
  );
  return (
    <Page title="Nothing here">
      <Empty title="There is no such page" action={home}>
        {pathname}
      </Empty>
    </Page>
  );
}
