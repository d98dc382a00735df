import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { country, interestTag, MAX_INTERESTS } from './profile.js';
import { recipient } from './recipient.js';

/** A person signed up; the address is not yet verified. */
export const userRegistered = defineEvent(
  'user.registered.v1',
  z.object({
    userId: recipient.userId,
    email: recipient.email,
    displayName: recipient.displayName,
    interests: z.array(interestTag).max(MAX_INTERESTS),
    /** Rises with every change of the interests; a list made from a lower one is out of date. */
    interestsVersion: z.number().int().positive(),
    locale: recipient.locale,
    country: country.optional(),
  }),
);
