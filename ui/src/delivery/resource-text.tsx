import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import Copy from 'mdi-material-ui/ContentCopy';
import { useMemo, type ReactElement } from 'react';

import type { ResourceStatus } from '../api/delivery';
import { Answered } from '../kit/states';
import { useNotice } from '../kit/notice';
import { yamlOf } from './declared';
import { useLive } from './live';
import { storedPath } from './place';
import { mono } from './text';

/** ResourceText shows a resource as it is served, in YAML. The server masks what is secret. */
export function ResourceText({ status, plural }: { status: ResourceStatus; plural: string }): ReactElement | null {
  const answer = useLive<unknown>(storedPath(plural, status.project, status.name));
  if (answer.error?.status === 404) return null;
  return (
    <Box component="section" aria-labelledby="text">
      <Answered of={answer} what="The text">{(resource) => <Yaml resource={resource} />}</Answered>
    </Box>
  );
}

function Yaml({ resource }: { resource: unknown }): ReactElement {
  const tell = useNotice();
  const text = useMemo(() => yamlOf(resource), [resource]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      tell('Copied');
    } catch {
      tell('The browser gives no access to the clipboard: mark the text and copy it', 'info');
    }
  };
  return (
    <>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 1 }}>
        <Typography variant="h2" id="text">
          As it is served
        </Typography>
        <Box sx={{ flexGrow: 1 }} />
        <Button size="small" startIcon={<Copy />} onClick={() => void copy()}>
          Copy
        </Button>
      </Box>
      <Box component="pre" tabIndex={0} aria-label="YAML" sx={{ fontFamily: mono, fontSize: '0.75rem', lineHeight: 1.6, m: 0, p: 1.5, maxHeight: '70vh', overflow: 'auto', border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.code' }}>
        {text}
      </Box>
    </>
  );
}
