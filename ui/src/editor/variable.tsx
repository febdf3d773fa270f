import Box from '@mui/material/Box';
import type { VariableDefinition } from '@perses-dev/core';
import { DatasourceStoreProvider, VariableProvider } from '@perses-dev/dashboards';
import { TimeRangeProviderWithQueryParams, useInitialRefreshInterval, useInitialTimeRange, VariableEditorForm } from '@perses-dev/plugin-system';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router-dom';

import { datasourceApi } from '../perses/datasource-api';
import { Providers } from '../perses/providers';
import { useExternalVariables } from '../perses/variables';
import type { FormProps } from './page';
import { Problems } from './problems';
import { useWrite } from './write';

/** Variable edits a variable of a project, or a global one, with a preview of its values. */
export function Variable(props: FormProps): ReactElement {
  return (
    <Providers>
      <Form {...props} />
    </Providers>
  );
}

function Form({ subject, resource, etag, readonly }: FormProps): ReactElement {
  const queries = useQueryClient();
  const api = useMemo(() => datasourceApi(queries), [queries]);
  const external = useExternalVariables(subject.project);
  const time = useInitialTimeRange('1h');
  const interval = useInitialRefreshInterval('0s');
  const [error, setError] = useState<Error>();
  const write = useWrite({ subject, etag });
  const navigate = useNavigate();
  const { kind, spec } = resource.spec as { kind: string; spec: Record<string, unknown> };
  const initial = { kind, spec: { ...spec, name: resource.metadata.name } } as unknown as VariableDefinition;
  const save = (definition: VariableDefinition): void => {
    const { name, ...inner } = definition.spec;
    // The form knows some fields; others stay as they are.
    const body = { ...resource, metadata: { ...resource.metadata, name }, spec: { kind: definition.kind, spec: definition.kind === kind ? { ...spec, ...inner } : inner } };
    void write(body).catch(setError);
  };
  return (
    <DatasourceStoreProvider projectName={subject.project ?? ''} datasourceApi={api}>
      <TimeRangeProviderWithQueryParams initialTimeRange={time} initialRefreshInterval={interval}>
        <VariableProvider initialVariableDefinitions={[]} externalVariableDefinitions={external ?? []}>
          {error && <Problems error={error} />}
          <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1 }}>
            <VariableEditorForm initialVariableDefinition={initial} action={readonly ? 'read' : etag ? 'update' : 'create'} isDraft={false} isReadonly={readonly} onSave={save} onClose={() => void navigate(subject.list)} />
          </Box>
        </VariableProvider>
      </TimeRangeProviderWithQueryParams>
    </DatasourceStoreProvider>
  );
}
