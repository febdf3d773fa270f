import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import { useState, type ReactElement, type ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';

import type { Change } from '../api/delivery';
import { Fields } from './fields';
import { identityText, resourceLink } from './place';
import { ink } from './signs';
import { changesText } from './timeline';
import type { Tone } from './words';

const most = 100;

const marks: Record<string, [mark: string, tone: Tone]> = {
  created: ['+', 'good'],
  updated: ['~', 'info'],
  deleted: ['−', 'bad'],
};

export function changeKey(change: Change): string {
  return `${change.action} ${identityText(change)}`;
}

/** ChangeList shows what is created, updated, deleted, and each change of a field below its resource. `more` adds to an opened change. */
export function ChangeList({ changes, more }: { changes: Change[]; more?: (change: Change) => ReactNode }): ReactElement {
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, most);
  return (
    <Box>
      <Box sx={{ color: 'text.secondary', mb: 1 }}>{changesText(sum(changes))}</Box>
      <Box component="ul" aria-label="Changes" sx={{ listStyle: 'none', m: 0, p: 0, border: 1, borderColor: 'divider', borderRadius: 1 }}>
        {shown.map((change) => (
          <ChangeRow key={changeKey(change)} change={change} more={more} />
        ))}
      </Box>
      {shown.length < changes.length && (
        <Button sx={{ mt: 1 }} onClick={() => setAll(true)}>
          Show all {changes.length.toLocaleString('en')}
        </Button>
      )}
    </Box>
  );
}

function sum(changes: Change[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

function ChangeRow({ change, more }: { change: Change; more: ((change: Change) => ReactNode) | undefined }): ReactElement {
  const [open, setOpen] = useState(false);
  const [mark, tone] = marks[change.action] ?? ['·', 'plain'];
  const openable = more !== undefined || (change.fields?.length ?? 0) > 0;
  return (
    <Box component="li" sx={{ px: 1.5, py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Stack direction="row" sx={{ gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Box component="span" sx={{ color: ink(tone), fontWeight: 700, width: 84, flexShrink: 0 }}>
          <Box component="span" aria-hidden sx={{ display: 'inline-block', width: 16, fontFamily: 'monospace' }}>
            {mark}
          </Box>
          {change.action}
        </Box>
        <Link component={RouterLink} to={resourceLink(change)} sx={{ flexGrow: 1, overflowWrap: 'anywhere' }}>
          {identityText(change)}
        </Link>
        {openable && (
          <Button size="small" aria-expanded={open} aria-label={`What changes in ${identityText(change)}`} onClick={() => setOpen(!open)} sx={{ my: -0.5 }}>
            {open ? 'Hide' : detailsText(change)}
          </Button>
        )}
      </Stack>
      {open && (
        <Box sx={{ mt: 1 }}>
          {change.fields && change.fields.length > 0 && !more && <Fields fields={change.fields} />}
          {more?.(change)}
        </Box>
      )}
    </Box>
  );
}

function detailsText({ fields }: Change): string {
  const n = fields?.length ?? 0;
  return n === 0 ? 'Show' : `${n} ${n === 1 ? 'field' : 'fields'}`;
}
