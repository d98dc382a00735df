import { interestTag, MAX_INTERESTS } from '#libs/contracts';
import { z } from 'zod';

export { displayName } from '#libs/contracts';

/** Interests without repetitions, in the order given. */
export const interests = z
  .array(interestTag)
  .max(MAX_INTERESTS)
  .transform((tags) => [...new Set(tags)]);
