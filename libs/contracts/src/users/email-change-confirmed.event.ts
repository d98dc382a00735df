import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { recipient } from './recipient.js';

/** An account has left an address, whose owner may take it back. */
export const emailChangeConfirmed = defineUserEvent(
  'email-change.confirmed.v1',
  z.object(recipient).meta({
    description:
      'An account has left an address; `email` is the old one, whose owner may take the account back for 7 days. Written by the API in the transaction of the change.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        email: 'mei@example.com',
        displayName: 'Mei',
        locale: 'en',
      },
    ],
  }),
);
