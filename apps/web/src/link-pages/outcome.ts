import { Problem } from '../api/problem.js';

/** What became of a link: it has just done its work, it had done so before, or it cannot do it. */
export type Outcome = 'done' | 'spent' | 'invalid';

/** What a refusal says about the link; undefined when it is about something else. */
export function outcomeOf(refusal: unknown): Outcome | undefined {
  if (!(refusal instanceof Problem)) return undefined;
  if (refusal.code === 'token_used') return 'spent';
  // What cannot be a token at all does not fit its schema.
  const isInvalid =
    refusal.code === 'invalid_token' || refusal.errors.some(({ path }) => path === 'token');
  return isInvalid ? 'invalid' : undefined;
}
