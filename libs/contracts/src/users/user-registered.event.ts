import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { country, interestTag, locale, MAX_INTERESTS } from './profile.js';

/** A person signed up; the address is not yet verified. */
export const userRegistered = defineEvent(
  'user.registered.v1',
  z.object({
    userId: z.uuid(),
    email: z.email(),
    displayName: z.string().min(1).max(100),
    interests: z.array(interestTag).max(MAX_INTERESTS),
    /** Rises with every change of the interests; a list made from a lower one is out of date. */
    interestsVersion: z.number().int().positive(),
    locale,
    country: country.optional(),
  }),
);
