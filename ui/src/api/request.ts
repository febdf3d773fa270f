import { basePath } from './base';
import type { Owner, Problem } from './delivery';

/** Answer is what the server answered, and the ETag to name it by. */
export interface Answer<T> {
  data: T;
  etag: string | null;
  headers: Headers;
}

/** ApiError is a refusal of the server, in its words. Status is 0 where there was no answer at all. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Who manages the resource, where that is why a write was refused. */
    readonly owner?: Owner,
    readonly problems: Problem[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export interface Order {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** send asks the server; the path begins with /api or /proxy. What is not a success is thrown as an ApiError. */
export async function send<T>(path: string, order: Order = {}): Promise<Answer<T>> {
  const { method = 'GET', body, headers, signal } = order;
  const answer = await reach(basePath + path, {
    method,
    headers: { Accept: 'application/json', ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text);
  return { data: (text ? JSON.parse(text) : undefined) as T, etag: answer.headers.get('ETag'), headers: answer.headers };
}

/** get asks for one thing and gives its data. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send<T>(path, signal ? { signal } : {})).data;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('The server does not answer. It may be restarting, or the connection is gone.', 0);
  }
}

/** refusal reads the body of an answer that is not a success. */
export function refusal(status: number, text: string): ApiError {
  try {
    const { message, owner, problems } = JSON.parse(text) as { message?: string; owner?: Owner; problems?: Problem[] };
    if (message) return new ApiError(message, status, owner, problems);
  } catch {
    // A proxy in between may answer with a page of its own.
  }
  return new ApiError(`The server answered with status ${status} and no explanation.`, status);
}

/** isStale says whether a write was refused because the resource was changed since it was read. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}
