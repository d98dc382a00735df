import { Problem, problemOf } from './problem.js';
import { here } from './settings.js';

interface Options {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** The request goes out even when the page is left. */
  readonly keepalive?: boolean;
}

/** Asks the API, and answers the body; the session goes along in its cookie. @throws Problem */
export async function request<T = undefined>(
  method: string,
  path: string,
  options: Options = {},
): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Asks the API where the headers of its answer count as well. @throws Problem */
export async function send(
  method: string,
  path: string,
  { body, headers, signal, keepalive = false }: Options = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(here(path), {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      keepalive,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem('network', (error as Error).message);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}
