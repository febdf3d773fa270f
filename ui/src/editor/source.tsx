import { yaml } from '@codemirror/lang-yaml';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useTheme } from '@mui/material/styles';
import CodeMirror, { EditorView } from '@uiw/react-codemirror';
import { useMemo, useState, type ReactElement } from 'react';
import { Link } from 'react-router-dom';
import { parse, stringify } from 'yaml';

import { ApiError } from '../api/request';
import type { Resource } from '../api/resource';
import { yaml as declared } from '../dashboard/text';
import type { FormProps } from './page';
import { useWrite } from './write';

/** Source edits a resource as text: YAML, of which JSON is a part. */
export function Source({ subject, resource, etag, readonly }: FormProps): ReactElement {
  const initial = useMemo(() => (etag ? declared(resource) : stringify(resource, { lineWidth: 0 })), [resource, etag]);
  const [text, setText] = useState(initial);
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const write = useWrite({ subject, etag });
  const dark = useTheme().palette.mode === 'dark';
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await write(parse(text) as Resource);
    } catch (e) {
      setError(e as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, overflow: 'hidden', mb: 2, '& .cm-editor': { fontSize: '0.8125rem' } }}>
        <CodeMirror value={text} onChange={setText} readOnly={readonly} theme={dark ? 'dark' : 'light'} extensions={[yaml(), EditorView.lineWrapping, EditorView.contentAttributes.of({ 'aria-label': 'Source' })]} minHeight="320px" />
      </Box>
      {error && <Problems error={error} />}
      <Stack direction="row" sx={{ gap: 1, mt: 2 }}>
        {!readonly && (
          <Button variant="contained" disabled={busy || (etag !== null && text === initial)} onClick={() => void save()}>
            {etag ? 'Save' : 'Create'}
          </Button>
        )}
        <Button component={Link} to={subject.list} color="secondary">
          {readonly ? 'Back' : 'Cancel'}
        </Button>
      </Stack>
    </>
  );
}

/** Problems lists what the server finds wrong, each with its place and what to do. */
export function Problems({ error }: { error: Error }): ReactElement {
  const problems = error instanceof ApiError ? error.problems : [];
  return (
    <Alert severity="error" sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
      {problems.length === 0 && error.message}
      {problems.map(({ path, message, hint }) => (
        <Box key={`${path} ${message}`} sx={{ mb: 0.5 }}>
          {path && <code>{path}: </code>}
          {message}
          {hint && <Box sx={{ color: 'text.secondary' }}>{hint}</Box>}
        </Box>
      ))}
    </Alert>
  );
}
