import { interestTag, MAX_INTERESTS } from '#libs/contracts';
import { z } from 'zod';

const DISPLAY_NAME_MAX_CHARACTERS = 100;

/** Control characters, line separators, lone surrogates, and the marks that turn the direction of text around. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

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

/** Interests without repetitions, in the order given. */
export const interests = z
  .array(interestTag)
  .max(MAX_INTERESTS)
  .transform((tags) => [...new Set(tags)]);
