import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { credentialVersion, recipient } from './recipient.js';

/** Somebody signed up with an address that has an account already, where nobody but its owner may be told. */
export const userSignUpRepeated = defineUserEvent(
  'user.sign-up-repeated.v1',
  z.object({ ...recipient, credentialVersion }).meta({
    description:
      'Somebody signed up with an address that has an account already. Only with `SIGNUP_MODE=private`, where the answer does not tell; its owner is told by mail. Written by the API soon after `POST /v1/signups`.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        email: 'mei@example.com',
        displayName: 'Mei',
        locale: 'en',
        credentialVersion: 1,
      },
    ],
  }),
);
