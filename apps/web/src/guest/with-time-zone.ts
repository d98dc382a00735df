import { Problem } from '../api/problem.js';

/**
 * Sends a request with the time zone of the browser, and once more without it when the zone is refused: browsers
 * know zones that a server does not, and a server of the version before knows none. @throws Problem
 */
export async function withTimeZone<B extends object, T>(
  body: B,
  timeZone: string,
  send: (body: B & { readonly timeZone?: string }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ ...body, timeZone });
  } catch (error) {
    if (!isForTimeZone(error)) throw error;
    return send(body);
  }
}

const isForTimeZone = (error: unknown) =>
  error instanceof Problem &&
  error.errors.some(({ path, code }) => code === 'invalid_time_zone' || path === 'timeZone');
