import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import type { Source } from '../api/delivery';
import { useGet } from '../api/queries';
import { Block, Line } from './block';

const shown = 6;
const fine = new Set(['ready', 'syncing']);

/** DeliveryState is how the sources are, those that need somebody first. */
export function DeliveryState(): ReactElement | null {
  const { data } = useGet<Source[]>('/api/delivery/v1/sources');
  if (!data || data.length === 0) return null;
  const troubled = data.filter((source) => !fine.has(source.state));
  const listed = [...troubled, ...data.filter((source) => fine.has(source.state))].slice(0, shown);
  return (
    <Block heading="Delivery" more={{ to: '/delivery', text: troubled.length ? `${troubled.length} need attention` : 'All sources' }}>
      {listed.map((source) => (
        <Line key={source.name} to={`/delivery/sources/${encodeURIComponent(source.name)}`} text={source.name} detail={<State state={source.state} />} />
      ))}
    </Block>
  );
}

function State({ state }: { state: string }): ReactElement {
  const color = state === 'ready' ? 'success.main' : state === 'failing' ? 'error.main' : state === 'syncing' ? 'text.secondary' : 'warning.main';
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
      <Box component="span" aria-hidden sx={{ width: 8, height: 8, borderRadius: '50%', bgcolor: color }} />
      {state}
    </Box>
  );
}
