import type { DatasourceResource, DatasourceSelector, DatasourceSpec, GlobalDatasourceResource } from '@perses-dev/core';
import type { DatasourceApi } from '@perses-dev/dashboards';
import type { QueryClient } from '@tanstack/react-query';

import { basePath } from '../api/base';
import { ApiError, get } from '../api/request';
import { kinds, listPath } from '../api/resource';

/** fresh is how long a list of datasources is good: Perses' components ask for it several times for each query. */
const fresh = 30_000;

/** Where is a datasource: in a dashboard, in a project, or global. */
export interface Where {
  project?: string;
  dashboard?: string;
  name: string;
}

/** proxyUrl is where the server passes requests on to a datasource. */
export function proxyUrl({ project, dashboard, name }: Where): string {
  const encoded = encodeURIComponent;
  const inside = project ? `projects/${encoded(project)}/${dashboard ? `dashboards/${encoded(dashboard)}/` : ''}datasources/` : 'globaldatasources/';
  return `${basePath}/proxy/${inside}${encoded(name)}`;
}

/** choose finds the datasource a selector means: that of the name, or the default of the kind. */
export function choose<R extends { metadata: { name: string }; spec: DatasourceSpec }>(list: R[], selector: DatasourceSelector): R | undefined {
  const candidates = list.filter((one) => one.spec.plugin.kind === selector.kind);
  return candidates.find((one) => (selector.name ? one.metadata.name === selector.name : one.spec.default));
}

/** datasourceApi answers Perses' components out of one list for each scope. */
export function datasourceApi(queries: QueryClient): DatasourceApi {
  const list = <R>(path: string): Promise<R[]> => queries.fetchQuery({ queryKey: [path], queryFn: () => listOrNone<R>(path), staleTime: fresh });
  const inProject = (project: string): Promise<DatasourceResource[]> => list(listPath(kinds.Datasource, project));
  const global = (): Promise<GlobalDatasourceResource[]> => list(listPath(kinds.GlobalDatasource));
  const ofKind = <R extends { spec: DatasourceSpec }>(all: R[], kind?: string): R[] => (kind ? all.filter((one) => one.spec.plugin.kind === kind) : all);
  return {
    buildProxyUrl: proxyUrl,
    getDatasource: async (project, selector) => choose(await inProject(project), selector),
    getGlobalDatasource: async (selector) => choose(await global(), selector),
    listDatasources: async (project, kind) => ofKind(await inProject(project), kind),
    listGlobalDatasources: async (kind) => ofKind(await global(), kind),
  };
}

/** listOrNone takes a kind that the configuration switched off for one that nobody uses. */
async function listOrNone<R>(path: string): Promise<R[]> {
  try {
    return await get<R[]>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}
