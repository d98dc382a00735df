import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { ownTimeZone, recipient } from './recipient.js';

/** A person showed that an address is theirs. */
export const userEmailVerified = defineUserEvent(
  'user.email-verified.v1',
  z
    .object({
      ...recipient,
      timeZone: ownTimeZone,
      verifiedAt: z.iso.datetime().describe('when the address was verified'),
    })
    .meta({
      description:
        'A person showed that an address is theirs. Written by the API in the transaction that verifies it: by the link in a mail, or by a password reset.',
      examples: [
        {
          userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
          email: 'mei@example.com',
          displayName: 'Mei',
          locale: 'en',
          timeZone: 'Europe/Berlin',
          verifiedAt: '2026-11-23T03:33:25.655Z',
        },
      ],
    }),
);
