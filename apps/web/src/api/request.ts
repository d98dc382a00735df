import { Problem, problemOf } from './problem.js';
import { here } from './settings.js';

interface Options {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** The request goes out even when the page is left. */
  readonly keepalive?: boolean;
}

/** Asks the API; the session goes along in its cookie. @throws Problem */
export async function request<T = undefined>(
  method: string,
  path: string,
  { body, headers, signal, keepalive = false }: Options = {},
): Promise<T> {
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
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}
