import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { credentialVersion, emailVersion, recipient } from './recipient.js';

/** A person wants another address, which has to show that it is theirs. */
export const emailChangeRequested = defineUserEvent(
  'email-change.requested.v1',
  z.object({ ...recipient, credentialVersion, emailVersion }).meta({
    description:
      'A person wants another address; `email` is the new one. Written by the API when somebody whose address is verified asks for another one.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        email: 'mei.lin@example.com',
        displayName: 'Mei',
        locale: 'en',
        credentialVersion: 1,
        emailVersion: 1,
      },
    ],
  }),
);
