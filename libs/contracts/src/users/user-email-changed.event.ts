import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { emailVersion, recipient } from './recipient.js';

/** A person has another address. */
export const userEmailChanged = defineUserEvent(
  'user.email-changed.v1',
  z
    .object({
      ...recipient,
      verified: z.boolean().describe('whether the person has shown that the address is theirs'),
      emailVersion,
    })
    .meta({
      description:
        'A person has another address. Written by the API in the transaction of the change: a correction before the address was verified, the link to a new address, or the link by which the old one takes it back.',
      examples: [
        {
          userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
          email: 'mei.lin@example.com',
          displayName: 'Mei',
          locale: 'en',
          verified: false,
          emailVersion: 2,
        },
      ],
    }),
);
