import { z } from 'zod';

/** The languages that Usher speaks to people in. */
export const locale = z.enum(['en', 'zh-CN']);
export type Locale = z.output<typeof locale>;

/** An interest: lower-case kebab, at most 40 characters. */
export const interestTag = z
  .string()
  .max(40)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens');

/** How many interests a person may declare. */
export const MAX_INTERESTS = 20;

/** Interests as a person gives them: without repetitions, in their order. */
export const givenInterests = z
  .array(interestTag)
  .max(MAX_INTERESTS)
  .transform((tags) => [...new Set(tags)]);

/** An ISO 3166-1 alpha-2 country code. */
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'expected two capital letters, as in ISO 3166-1');

const DISPLAY_NAME_MAX_CHARACTERS = 100;

/** Control characters, line separators, lone surrogates, and the marks that turn the direction of text around. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** What a person is called: one line of text that can be seen. */
export const displayName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(DISPLAY_NAME_MAX_CHARACTERS)
  .refine((name) => VISIBLE.test(name), {
    message: 'must contain something that can be seen',
    params: { code: 'invalid_characters' },
  })
  .refine((name) => !FORBIDDEN.test(name), {
    message: 'must not contain control characters',
    params: { code: 'invalid_characters' },
  });
