import { country, locale } from '#libs/contracts';
import { z } from 'zod';
import { displayName, interests } from '../me/profile.schema.js';
import { emailAddress } from './email-address.js';

const PASSWORD_MAX_CHARACTERS = 256;

/** A password as it is typed: nothing is trimmed or normalised. What it must fulfil is checked by PasswordPolicy. */
export const password = z
  .string()
  .min(1, 'is required')
  // In code points, like the minimum; the first limit keeps the count itself short.
  .max(2 * PASSWORD_MAX_CHARACTERS)
  .refine((text) => Array.from(text).length <= PASSWORD_MAX_CHARACTERS, {
    message: `must have at most ${PASSWORD_MAX_CHARACTERS} characters`,
    params: { code: 'too_big' },
  });

export const signUpBody = z.strictObject({
  email: emailAddress,
  password,
  displayName,
  interests: interests.default([]),
  locale: locale.default('en'),
  country: country.optional(),
});

export type SignUpBody = z.output<typeof signUpBody>;

/** An opaque token of the caller: draft-ietf-httpapi-idempotency-key-header. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters');
