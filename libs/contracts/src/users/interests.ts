import { z } from 'zod';
import { country, interestTag, MAX_INTERESTS } from './profile.js';

/** What a person is interested in. */
export const interests = z
  .array(interestTag)
  .max(MAX_INTERESTS)
  .describe('all of them; a tag is lower-case kebab, at most 40 characters');

/** What recommendations are made from. */
export const interestsOfAPerson = {
  interests,
  interestsVersion: z
    .number()
    .int()
    .positive()
    .describe(
      'rises with every change of the interests; a list made from a lower one is out of date',
    ),
  country: country
    .optional()
    .describe('ISO 3166-1 alpha-2; filters items that are offered in some countries only'),
};
