import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import type { ResourceStatus } from './delivery';
import { get, send, type Answer, ApiError } from './request';
import { itemPath, listPath, statusPath, type Kind, type Resource } from './resource';

/** Config is what the pages read of GET /api/config. */
export interface Config {
  security?: { readonly?: boolean; enable_auth?: boolean };
  datasource?: { global?: { disable?: boolean }; project?: { disable?: boolean }; disable_local?: boolean };
  variable?: { global?: { disable?: boolean }; project?: { disable?: boolean }; disable_local?: boolean };
  frontend?: {
    enable_keyboard_shortcuts?: boolean;
    explorer?: { enable?: boolean };
    information?: string;
    important_dashboards?: Array<{ project: string; dashboard: string }>;
    time_range?: { disable_custom?: boolean; disable_zoom?: boolean; options?: string[] };
    banner?: { severity?: 'info' | 'warning' | 'error'; message: string };
  };
}

/** useGet asks for a path of the API and keeps the answer. The key is the path; `version` asks again when it changes, and shows the old answer meanwhile. */
export function useGet<T>(path: string | undefined, version = ''): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, version],
    queryFn: ({ signal }) => get<T>(path!, signal),
    enabled: path !== undefined,
    keepPreviousData: version !== '',
  });
}

export function useConfig(): UseQueryResult<Config, ApiError> {
  return useQuery<Config, ApiError>({ queryKey: ['/api/config'], queryFn: ({ signal }) => get<Config>('/api/config', signal), staleTime: Infinity });
}

/** useList asks for the resources of a kind, in a project or in all of them. */
export function useList<Spec>(kind: Kind, project?: string, metadataOnly = false): UseQueryResult<Array<Resource<Spec>>, ApiError> {
  return useGet<Array<Resource<Spec>>>(listPath(kind, project) + (metadataOnly ? '?metadata_only=true' : ''));
}

/** useItem asks for one resource, with the ETag that a later write names. */
export function useItem<Spec>(kind: Kind, project: string | undefined, name: string): UseQueryResult<Answer<Resource<Spec>>, ApiError> {
  const path = itemPath(kind, project, name);
  return useQuery<Answer<Resource<Spec>>, ApiError>({ queryKey: [path], queryFn: ({ signal }) => send<Resource<Spec>>(path, { signal }) });
}

/** useStatus asks where a resource comes from. */
export function useStatus(kind: Kind, project: string | undefined, name: string): UseQueryResult<ResourceStatus, ApiError> {
  return useGet<ResourceStatus>(statusPath(kind, project, name));
}
