import { country, displayName, givenInterests, locale, timeZone } from '#libs/contracts';
import { z } from 'zod';
import { password } from '../passwords/password.schema.js';
import { emailAddress } from '../users/email-address.js';

/** Base64 of JSON, about 700 characters. */
const SOLUTION_MAX_CHARACTERS = 4_096;

export const signUpBody = z.strictObject({
  email: emailAddress,
  password,
  displayName,
  interests: givenInterests.default([]),
  locale: locale.default('en'),
  country: country.optional(),
  timeZone: timeZone.optional(),
  challenge: z.string().max(SOLUTION_MAX_CHARACTERS).optional(),
});

export type SignUpBody = z.output<typeof signUpBody>;

/** An opaque token of the caller: draft-ietf-httpapi-idempotency-key-header. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters');
