import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Stack from '@mui/material/Stack';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { DatasourceSpec } from '@perses-dev/core';
import { PluginEditor } from '@perses-dev/plugin-system';
import { useState, type ReactElement } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { Link } from 'react-router-dom';

import { nameOf } from '../kit/name';
import { Providers } from '../perses/providers';
import type { FormProps } from './page';
import { Problems } from './problems';
import { TestButton } from './test-button';
import { useWrite } from './write';

/** Datasource edits a datasource, and tries out what is not saved yet. */
export function Datasource({ subject, resource, etag, readonly }: FormProps): ReactElement {
  const [spec, setSpec] = useState(resource.spec as unknown as DatasourceSpec);
  const [chosen, setChosen] = useState(resource.metadata.name || undefined);
  const [error, setError] = useState<Error>();
  const write = useWrite({ subject, etag });
  const title = spec.display?.name ?? '';
  const name = chosen ?? nameOf(title);
  const display = (field: 'name' | 'description') => (event: { target: { value: string } }) => setSpec({ ...spec, display: { ...spec.display, [field]: event.target.value || undefined } as NonNullable<DatasourceSpec['display']> });
  const save = (): Promise<void> => write({ ...resource, metadata: { ...resource.metadata, name }, spec: spec as unknown as Record<string, unknown> }).catch(setError);
  const fixed = { input: { readOnly: readonly } };
  // The editors of plugins are made for a form of this library; the values stay here.
  const form = useForm();
  return (
    <Providers>
      <FormProvider {...form}>
      <Stack sx={{ gap: 2, maxWidth: 860 }}>
        <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 2 }}>
          <TextField label="Title" fullWidth value={title} onChange={display('name')} slotProps={fixed} />
          <TextField label="Name" fullWidth required value={name} onChange={(event) => setChosen(event.target.value)} disabled={etag !== null} helperText={etag ? undefined : 'What queries refer to. It cannot be changed later.'} />
        </Stack>
        <TextField label="Description" value={spec.display?.description ?? ''} onChange={display('description')} slotProps={fixed} />
        <FormControlLabel
          label={`The default ${spec.plugin.kind}, for queries that name none`}
          control={<Switch checked={spec.default} disabled={readonly} onChange={(event) => setSpec({ ...spec, default: event.target.checked })} />}
        />
        <Typography variant="h3" component="h2">
          Connection
        </Typography>
        <PluginEditor
          width="100%"
          pluginTypes={['Datasource']}
          pluginKindLabel="Kind"
          withRunQueryButton={false}
          isReadonly={readonly}
          value={{ selection: { type: 'Datasource', kind: spec.plugin.kind }, spec: spec.plugin.spec }}
          onChange={(value) => setSpec((old) => ({ ...old, plugin: { ...old.plugin, kind: value.selection.kind, spec: value.spec } }))}
        />
        {error && <Problems error={error} />}
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'flex-start' }}>
          {!readonly && (
            <Button variant="contained" disabled={!name} onClick={() => void save()}>
              {etag ? 'Save' : 'Create'}
            </Button>
          )}
          <TestButton project={subject.project} spec={spec} />
          <Button component={Link} to={subject.list} color="secondary">
            {readonly ? 'Back' : 'Cancel'}
          </Button>
        </Stack>
      </Stack>
      </FormProvider>
    </Providers>
  );
}
