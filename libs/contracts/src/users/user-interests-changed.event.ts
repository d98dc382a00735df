import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { country, interestTag, locale, MAX_INTERESTS } from './profile.js';

/** A person chose other interests. */
export const userInterestsChanged = defineEvent(
  'user.interests-changed.v1',
  z.object({
    userId: z.uuid(),
    interests: z.array(interestTag).max(MAX_INTERESTS),
    interestsVersion: z.number().int().positive(),
    locale,
    country: country.optional(),
  }),
);
