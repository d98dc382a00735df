import { z } from 'zod';
import { displayName, locale } from './profile.js';
import { timeZone } from './time-zone.js';

/** An address to send mail to, canonical; zod's own pattern would refuse what a sign-up accepts, as `a!b@пример.рф`. */
export const mailAddress = z.email({ pattern: z.regexes.html5Email });

/** Whom an event is about. */
export const userId = z.uuid().describe("the account; equal to the event's `subject`");

/** What a mail to a person needs to know of them. */
export const recipient = {
  userId,
  email: mailAddress.describe('in its canonical form'),
  displayName: displayName.describe('as the person typed it, trimmed'),
  locale: locale.describe('the language to speak to the person in'),
};

/** Where the person is; without it, UTC. */
export const ownTimeZone = timeZone
  .optional()
  .describe('the IANA name of the time zone that the person is in; UTC without it');

/** Rises with every new password; a link that names an older one is worthless. */
export const credentialVersion = z
  .number()
  .int()
  .positive()
  .describe('rises with every new password; a link that names an older one is worthless');

/** Rises with every change of the address. */
export const emailVersion = z
  .number()
  .int()
  .positive()
  .describe(
    'rises with every change of the address; one that is lower than a version already seen is out of date',
  );
