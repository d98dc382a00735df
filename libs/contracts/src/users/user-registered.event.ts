import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { country, displayName, interestTag, locale, MAX_INTERESTS } from './profile.js';

/** A person signed up; the address is not yet verified. */
export const userRegistered = defineEvent(
  'user.registered.v1',
  z.object({
    userId: z.uuid(),
    /** Canonical; zod's own pattern would refuse addresses that a sign-up accepts, as `a!b@пример.рф`. */
    email: z.email({ pattern: z.regexes.html5Email }),
    displayName,
    interests: z.array(interestTag).max(MAX_INTERESTS),
    /** Rises with every change of the interests; a list made from a lower one is out of date. */
    interestsVersion: z.number().int().positive(),
    locale,
    country: country.optional(),
  }),
);
