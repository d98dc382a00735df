import type { Problem } from '../api/problem.js';
import { waitingTime } from '../time/durations.js';
import type { Texts } from './en.js';

/** What to tell about a problem, and when it is worth trying again if that is known. */
export function problemText(
  texts: Pick<Texts, 'errors' | 'retryIn'>,
  { code, message, retryAfterSeconds }: Problem,
  locale: string,
): string {
  const retryIn = texts.retryIn[code];
  return retryIn && retryAfterSeconds
    ? retryIn(waitingTime(retryAfterSeconds * 1_000, locale))
    : (texts.errors[code] ?? message);
}
