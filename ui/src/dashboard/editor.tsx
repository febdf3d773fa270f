import Box from '@mui/material/Box';
import { ErrorAlert, ErrorBoundary } from '@perses-dev/components';
import { DEFAULT_DASHBOARD_DURATION, DEFAULT_REFRESH_INTERVAL, type BuiltinVariableDefinition, type DurationString } from '@perses-dev/core';
import { DatasourceStoreProvider, VariableProviderWithQueryParams, type VariableProviderProps } from '@perses-dev/dashboards';
import { DashboardProviderWithQueryParams } from '@perses-dev/dashboards/dist/context/DashboardProvider/DashboardProviderWithQueryParams';
import { TimeRangeProviderWithQueryParams, useInitialRefreshInterval, useInitialTimeRange, usePluginBuiltinVariableDefinitions } from '@perses-dev/plugin-system';
import { useQueryClient } from '@tanstack/react-query';
import { memo, useMemo, type ReactElement } from 'react';

import type { Owner } from '../api/delivery';
import type { Metadata } from '../api/resource';
import { datasourceApi } from '../perses/datasource-api';
import { shownFor } from '../perses/variables';
import { useSame } from '../kit/same';
import { Board } from './board';
import { shown, type Dashboard } from './shown';
import { Viewed } from './viewed';

/** Stored is a dashboard as the server has it, and the ETag of that. */
export interface Stored {
  dashboard: Dashboard;
  etag: string | null;
}

export interface EditorProps {
  stored: Stored;
  /** Who manages it; undefined for nobody. */
  owner: Owner | undefined;
  variables: NonNullable<VariableProviderProps['externalVariableDefinitions']>;
  /** Called when what is stored is another one now. */
  changed: () => void;
}

/** Editor is a dashboard with the state of Perses' components around it: datasources, time, variables, what is being edited. */
export const Editor = memo(function Editor(props: EditorProps): ReactElement {
  const { stored, variables } = props;
  const queries = useQueryClient();
  const api = useMemo(() => datasourceApi(queries), [queries]);
  // The state below is that of the first render; later versions of the dashboard reach it through setDashboard.
  const resource = useMemo(() => shown(stored.dashboard), [stored.dashboard]);
  const { duration, refreshInterval } = resource.spec;
  // Once it stands in the address it is another object, for which every panel would ask again.
  const time = useSame(useInitialTimeRange((duration as DurationString | undefined) ?? DEFAULT_DASHBOARD_DURATION));
  const interval = useInitialRefreshInterval((refreshInterval as DurationString | undefined) ?? DEFAULT_REFRESH_INTERVAL);
  const external = useMemo(() => shownFor(variables, stored.dashboard.spec), [variables, stored.dashboard.spec]);
  const builtin = useBuiltinVariables(stored.dashboard.metadata);
  return (
    <DatasourceStoreProvider dashboardResource={resource} datasourceApi={api}>
      <DashboardProviderWithQueryParams initialState={{ isEditMode: false, dashboardResource: resource }}>
        <TimeRangeProviderWithQueryParams initialTimeRange={time} initialRefreshInterval={interval}>
          <VariableProviderWithQueryParams
            initialVariableDefinitions={resource.spec.variables}
            externalVariableDefinitions={external}
            builtinVariableDefinitions={builtin}
          >
            <Box sx={{ display: 'flex', flexDirection: 'column', width: '100%', minWidth: 0, overflowX: 'hidden', overflowY: 'auto' }}>
              <ErrorBoundary FallbackComponent={ErrorAlert}>
                <Board {...props} />
                <Viewed project={stored.dashboard.metadata.project ?? ''} dashboard={stored.dashboard.metadata.name} />
              </ErrorBoundary>
            </Box>
          </VariableProviderWithQueryParams>
        </TimeRangeProviderWithQueryParams>
      </DashboardProviderWithQueryParams>
    </DatasourceStoreProvider>
  );
});

/** useBuiltinVariables are $__project and $__dashboard, and those of the plugins. */
function useBuiltinVariables({ name, project }: Metadata): BuiltinVariableDefinition[] {
  const { data } = usePluginBuiltinVariableDefinitions();
  return useMemo(() => {
    const define = (variable: string, value: string, description: string): BuiltinVariableDefinition => ({
      kind: 'BuiltinVariable',
      spec: { name: variable, value: () => value, source: 'Dashboard', display: { name: variable, description, hidden: true } },
    });
    return [define('__dashboard', name, 'The name of the dashboard'), define('__project', project ?? '', 'The project of the dashboard'), ...(data ?? [])];
  }, [name, project, data]);
}
