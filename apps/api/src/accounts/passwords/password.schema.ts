import { z } from 'zod';

const PASSWORD_MAX_CHARACTERS = 256;

/** A password as it is typed: nothing is trimmed or normalised. What a new one must fulfil is checked by PasswordPolicy. */
export const password = z
  .string()
  .min(1, 'is required')
  // UTF-8 has no place for half a pair: two such passwords would become one. RFC 3629, section 3.
  .refine((text) => !/\p{Cs}/u.test(text), {
    message: 'must not contain half a character',
    params: { code: 'invalid_characters' },
  })
  // In code points, like the minimum; the first limit keeps the count itself short.
  .max(2 * PASSWORD_MAX_CHARACTERS)
  .refine((text) => Array.from(text).length <= PASSWORD_MAX_CHARACTERS, {
    message: `must have at most ${PASSWORD_MAX_CHARACTERS} characters`,
    params: { code: 'too_big' },
  });
