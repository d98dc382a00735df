import { DatabaseUnavailableError } from './database-errors.js';
import { rule } from './sqlstates.js';

/** After the first run. */
const MAX_RERUNS = 3;

/**
 * Runs `work`, and at once again when PostgreSQL undid it and would do it now, as after a deadlock. `work`
 * must keep nothing of a run that failed.
 * @throws DatabaseUnavailableError when it was undone each time
 */
export async function runAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let reruns = 0; ; reruns++) {
    try {
      return await work();
    } catch (error) {
      if (rule(error).meaning !== 'run again') throw error;
      if (reruns === MAX_RERUNS) throw new DatabaseUnavailableError(error);
    }
  }
}
