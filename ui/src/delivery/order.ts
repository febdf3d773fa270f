import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import type { Preview } from '../api/delivery';
import { ApiError, send } from '../api/request';

const key = 'perseid.token';

/** The token of delivery.api.token_file is kept for this tab, and no longer than it. */
export function token(): string {
  return sessionStorage.getItem(key) ?? '';
}

export function keepToken(text: string): void {
  if (text) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
}

/** order gives a command to the delivery API; dryRun only asks what it would change. */
export async function order<T>(path: string, body: object = {}, dryRun = false): Promise<T> {
  const bearer = token();
  const headers: Record<string, string> = bearer ? { Authorization: `Bearer ${bearer}` } : {};
  return (await send<T>(path + (dryRun ? '?dryRun=true' : ''), { method: 'POST', body, headers })).data;
}

/** needsToken says whether a command was refused for want of a token. */
export function needsToken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** usePreview asks what a command would change. `version` has it asked again; undefined for a path asks nothing. */
export function usePreview(path: string | undefined, body: object = {}, version = ''): UseQueryResult<Preview, ApiError> {
  return useQuery<Preview, ApiError>({
    queryKey: ['preview', path, JSON.stringify(body), version],
    queryFn: () => order<Preview>(path!, body, true),
    enabled: path !== undefined,
    cacheTime: 0,
    retry: false,
  });
}
