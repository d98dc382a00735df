import { Backoff } from '#libs/service-defaults';
import { isDatabaseUnavailable } from './database-errors.js';

const BACKOFF_MS = { min: 100, max: 2_000 };

/**
 * Runs `work` again and again until the database can be used.
 * @param onFailure called each time when it cannot
 * @throws what `work` does for any other reason, or once the signal has fired
 */
export async function whenAvailable<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  onFailure: (error: Error) => void = () => undefined,
): Promise<T> {
  const backoff = new Backoff(BACKOFF_MS.min, BACKOFF_MS.max);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isDatabaseUnavailable(error)) throw error;
      onFailure(error as Error);
    }
    await backoff.wait(signal);
  }
}
