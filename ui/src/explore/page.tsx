import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { ViewExplore } from '@perses-dev/explore';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, type ReactElement } from 'react';

import { useConfig } from '../api/queries';
import { Page, useTitle } from '../kit/page';
import { Empty, Loading } from '../kit/states';
import { datasourceApi } from '../perses/datasource-api';
import { Providers } from '../perses/providers';
import { useExternalVariables } from '../perses/variables';

/** Component is the page for free queries. */
export function Component(): ReactElement {
  useTitle('Explore');
  const config = useConfig();
  const queries = useQueryClient();
  const api = useMemo(() => datasourceApi(queries), [queries]);
  const variables = useExternalVariables();
  if (config.data && !config.data.frontend?.explorer?.enable) {
    return (
      <Page title="Explore">
        <Empty title="The explorer is switched off">Set frontend.explorer.enable to true in the configuration of the server, or PERSES_FRONTEND_EXPLORER_ENABLE=true in its environment.</Empty>
      </Page>
    );
  }
  if (!variables) return <Loading what="Explore" />;
  return (
    <Box sx={{ display: 'flex', flexGrow: 1, minWidth: 0, width: '100%' }}>
      <Providers>
        <ViewExplore datasourceApi={api} externalVariableDefinitions={variables} exploreTitleComponent={<Title />} />
      </Providers>
    </Box>
  );
}

/** Title leaves its place to the time range where there is no room for both. It is still read out. */
function Title(): ReactElement {
  return (
    <Typography variant="h1" sx={{ clipPath: { xs: 'inset(50%)', sm: 'none' }, position: { xs: 'absolute', sm: 'static' } }}>
      Explore
    </Typography>
  );
}
