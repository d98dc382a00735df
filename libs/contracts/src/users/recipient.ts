import { z } from 'zod';
import { displayName, locale } from './profile.js';

/** An address to send mail to, canonical; zod's own pattern would refuse what a sign-up accepts, as `a!b@пример.рф`. */
export const mailAddress = z.email({ pattern: z.regexes.html5Email });

/** What a mail to a person needs to know of them. */
export const recipient = { userId: z.uuid(), email: mailAddress, displayName, locale };

/** Rises with every new password; a link that names an older one is worthless. */
export const credentialVersion = z.number().int().positive();
