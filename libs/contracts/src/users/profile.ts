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

/** An ISO 3166-1 alpha-2 country code. */
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'expected two capital letters, as in ISO 3166-1');
