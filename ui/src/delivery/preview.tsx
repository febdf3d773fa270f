import Box from '@mui/material/Box';
import type { ReactElement } from 'react';

import { Answered } from '../kit/states';
import { ChangeList } from './change-list';
import { usePreview } from './order';

interface PreviewProps {
  path: string;
  body?: object;
  /** What to say where nothing would change. */
  nothing?: string;
}

/** CommandPreview shows what a command would change, in the server's words. */
export function CommandPreview({ path, body = {}, nothing = 'Nothing that is served would change.' }: PreviewProps): ReactElement {
  const answer = usePreview(path, body);
  return (
    <Box aria-live="polite" sx={{ maxHeight: '45vh', overflowY: 'auto' }}>
      <Answered of={answer} what="What would change">
        {({ changes }) => (changes.length > 0 ? <ChangeList changes={changes} /> : <Box sx={{ color: 'text.secondary' }}>{nothing}</Box>)}
      </Answered>
    </Box>
  );
}
