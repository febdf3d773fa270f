import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState, type ReactElement } from 'react';

import type { FieldChange } from '../api/delivery';
import { mono } from './text';
import { ink } from './signs';

const most = 200;

/** Fields lists the fields of a resource that differ, with what they were and what they are. */
export function Fields({ fields }: { fields: FieldChange[] }): ReactElement {
  const [all, setAll] = useState(false);
  const shown = all ? fields : fields.slice(0, most);
  return (
    <>
      <Box component="dl" sx={{ m: 0, fontFamily: mono, fontSize: '0.75rem', lineHeight: 1.6, '& dt': { fontWeight: 700, overflowWrap: 'anywhere' }, '& dd': { m: 0, mb: 1, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' } }}>
        {shown.map((field, i) => (
          <Box key={`${field.path}${i}`}>
            <dt>{field.path || 'everything'}</dt>
            <dd>
              <Value mark="−" word="was" text={field.before} />
              <Value mark="+" word="is" text={field.after} />
            </dd>
          </Box>
        ))}
      </Box>
      {shown.length < fields.length && (
        <Button size="small" onClick={() => setAll(true)}>
          Show all {fields.length.toLocaleString('en')} fields
        </Button>
      )}
    </>
  );
}

function Value({ mark, word, text }: { mark: string; word: string; text: string | undefined }): ReactElement | null {
  if (!text) return null;
  return (
    <Box sx={{ color: ink(mark === '+' ? 'good' : 'bad'), pl: 2, textIndent: '-1em', ml: '1em' }}>
      <Box component="span" role="img" aria-label={word}>
        {mark}{' '}
      </Box>
      {text}
    </Box>
  );
}
