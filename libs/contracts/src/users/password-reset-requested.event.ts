import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { credentialVersion, recipient } from './recipient.js';

/** Somebody asked for a new password of an account that there is. */
export const passwordResetRequested = defineUserEvent(
  'password-reset.requested.v1',
  z.object({ ...recipient, credentialVersion }).meta({
    description:
      'Somebody asked for a new password, and the address has an account. Written by the API soon after `POST /v1/password-resets`.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        email: 'mei@example.com',
        displayName: 'Mei',
        locale: 'en',
        credentialVersion: 3,
      },
    ],
  }),
);
