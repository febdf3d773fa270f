import Box from '@mui/material/Box';
import type { ReactElement, ReactNode } from 'react';

/** Facts are names with values; those without a value are left out. */
export function Facts({ facts }: { facts: Array<[name: string, value: ReactNode]> }): ReactElement {
  return (
    <Box component="dl" sx={{ m: 0, display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 1, '& dt': { color: 'text.secondary', fontSize: '0.75rem' }, '& dd': { m: 0, overflowWrap: 'anywhere' } }}>
      {facts
        .filter(([, value]) => value !== undefined && value !== '' && value !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </Box>
  );
}
