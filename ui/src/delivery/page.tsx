import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Layers from 'mdi-material-ui/LayersOutline';
import type { ReactElement } from 'react';
import { Link } from 'react-router-dom';

import { Page } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { useSources } from './sources';
import { SourceCard } from './source-card';
import { StreamLost, StreamSign } from './stream-sign';

export function Component(): ReactElement {
  const { sources, error } = useSources();
  const conflicts = sources?.reduce((n, { counts }) => n + (counts?.['shadowed'] ?? 0) + (counts?.['refused'] ?? 0), 0) ?? 0;
  const actions = (
    <Button component={Link} to="/delivery/conflicts" variant="outlined" color="secondary" startIcon={<Layers />}>
      Conflicts{conflicts > 0 ? ` (${conflicts.toLocaleString('en')})` : ''}
    </Button>
  );
  return (
    <Page title="Delivery" beside={<StreamSign />} actions={actions}>
      <StreamLost />
      {sources ? <Sources /> : error ? <Failure error={error} /> : <Loading what="Sources" />}
    </Page>
  );
}

function Sources(): ReactElement {
  const { sources = [] } = useSources();
  if (sources.length === 0) {
    return (
      <Empty title="No source is configured">
        Name a directory, labelled ConfigMaps or an artifact in a registry under <code>delivery.sources</code> in the configuration, or start with{' '}
        <code>perseid serve DIRECTORY</code>. What they declare is then served, and its state shown here.
      </Empty>
    );
  }
  return (
    <Box component="ul" aria-label="Sources" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
      {sources.map((source) => (
        <SourceCard key={source.name} source={source} />
      ))}
    </Box>
  );
}
