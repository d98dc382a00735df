import { country, interestTag, itemId, locale } from '#libs/contracts';
import { z } from 'zod';

const MAX_TAGS = 32;
const MAX_COUNTRIES = 250;
/** What the formula takes for an item of which nothing is known. */
const UNKNOWN_POPULARITY = 0.5;

/** Control characters, lone surrogates, and what a decoder puts for bytes that are no UTF-8. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u;

const text = (maxCharacters: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maxCharacters)
    .refine((value) => !FORBIDDEN.test(value), 'must be one line of valid UTF-8');

const unique = <T>(values: readonly T[]) => [...new Set(values)];

/** An item of the catalogue, as a file or the sample describes it. */
export const itemRecord = z.strictObject({
  id: itemId,
  title: text(300),
  url: z
    .url({ protocol: /^https?$/, hostname: /./, error: 'expected an http or https address' })
    .max(2_000)
    .refine((value) => !FORBIDDEN.test(value), 'must be one line of valid UTF-8'),
  tags: z.array(interestTag).min(1, 'must not be empty').max(MAX_TAGS).transform(unique),
  language: locale,
  /** None means everywhere. */
  countries: z.array(country).max(MAX_COUNTRIES).default([]).transform(unique),
  popularity: z.number().gt(0).lt(1).default(UNKNOWN_POPULARITY),
  publishedAt: z.iso.date().optional(),
});

export type ItemRecord = z.output<typeof itemRecord>;

/** What is wrong with a row, each with its field. */
export const reasonsOf = (error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => {
    const reason = message.endsWith('received undefined') ? 'is required' : message;
    return path.length === 0 ? reason : `${path.join('.')}: ${reason}`;
  });
