import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useMemo, useState, type ReactElement } from 'react';

import { declared, yamlOf } from './declared';
import { differences } from './differences';
import { Fields } from './fields';
import { SideBySide } from './side-by-side-view';

interface DifferenceViewProps {
  /** Two documents; undefined for one that is not there. */
  before: unknown;
  after: unknown;
  names: [before: string, after: string];
}

/** DifferenceView shows how two documents differ: field by field, or side by side. */
export function DifferenceView({ before, after, names }: DifferenceViewProps): ReactElement {
  const both = before !== undefined && after !== undefined;
  const [view, setView] = useState<'fields' | 'text'>(both ? 'fields' : 'text');
  const fields = useMemo(() => differences(declared(before), declared(after)), [before, after]);
  if (fields.length === 0) return <Box sx={{ color: 'text.secondary' }}>{names[0]} and {names[1]} are equal.</Box>;
  return (
    <Box>
      {both && (
        <ToggleButtonGroup exclusive size="small" value={view} onChange={(_, next: 'fields' | 'text' | null) => next && setView(next)} aria-label="How to show the difference" sx={{ mb: 1 }}>
          <ToggleButton value="fields">{fields.length} {fields.length === 1 ? 'field' : 'fields'}</ToggleButton>
          <ToggleButton value="text">Side by side</ToggleButton>
        </ToggleButtonGroup>
      )}
      {view === 'fields' ? <Fields fields={fields} /> : <SideBySide before={yamlOf(before)} after={yamlOf(after)} names={names} />}
    </Box>
  );
}
