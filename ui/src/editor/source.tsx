import { yaml } from '@codemirror/lang-yaml';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useTheme } from '@mui/material/styles';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import CodeMirror, { EditorView } from '@uiw/react-codemirror';
import Upload from 'mdi-material-ui/FileUploadOutline';
import { useMemo, useState, type ChangeEvent, type ReactElement } from 'react';
import { Link } from 'react-router-dom';
import { parse, stringify } from 'yaml';

import type { Resource } from '../api/resource';
import { declaration } from '../dashboard/text';
import { imported } from './import';
import type { FormProps } from './page';
import { Problems } from './problems';
import { useWrite } from './write';

type Form = 'yaml' | 'json';

const written: Record<Form, (value: unknown) => string> = {
  yaml: (value) => stringify(value, { lineWidth: 0 }),
  json: (value) => `${JSON.stringify(value, null, 2)}\n`,
};

/** Source edits a resource as text: YAML, of which JSON is a part. */
export function Source({ subject, resource, etag, readonly }: FormProps): ReactElement {
  const initial = useMemo(() => written.yaml(etag ? declaration(resource) : resource), [resource, etag]);
  const [text, setText] = useState(initial);
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const [form, setForm] = useState<Form>('yaml');
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
  /** trying shows what went wrong with the text instead of throwing it. */
  const trying = (act: () => void): void => {
    try {
      act();
      setError(undefined);
    } catch (e) {
      setError(e as Error);
    }
  };
  const show = (next: Form): void =>
    trying(() => {
      setText(written[next](parse(text)));
      setForm(next);
    });
  const open = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const content = await event.target.files?.[0]?.text();
    event.target.value = '';
    if (content !== undefined) trying(() => setText(written[form](imported(content, subject.kind, subject.project))));
  };
  return (
    <>
      <Stack direction="row" sx={{ gap: 1, mb: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <ToggleButtonGroup exclusive size="small" value={form} aria-label="Form of the text" onChange={(_, next: Form | null) => next && show(next)}>
          <ToggleButton value="yaml">YAML</ToggleButton>
          <ToggleButton value="json">JSON</ToggleButton>
        </ToggleButtonGroup>
        {!etag && (
          <Button component="label" variant="outlined" color="secondary" startIcon={<Upload />}>
            Open a file
            <input type="file" hidden accept=".json,.yaml,.yml" aria-label={`File with a ${subject.kind.one}`} onChange={(event) => void open(event)} />
          </Button>
        )}
      </Stack>
      <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, overflow: 'hidden', mb: 2, '& .cm-editor': { fontSize: '0.8125rem' } }}>
        <CodeMirror value={text} onChange={setText} readOnly={readonly} theme={dark ? 'dark' : 'light'} extensions={[yaml(), EditorView.lineWrapping, EditorView.contentAttributes.of({ 'aria-label': 'Source' })]} minHeight="320px" />
      </Box>
      {error && <Problems error={error} />}
      <Stack direction="row" sx={{ gap: 1, mt: 2 }}>
        {!readonly && (
          <Button variant="contained" disabled={busy || (etag !== null && form === 'yaml' && text === initial)} onClick={() => void save()}>
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
