import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { recipient } from './recipient.js';

/** Somebody asked for another link to verify an address that is not verified yet. */
export const emailVerificationRequested = defineUserEvent(
  'email-verification.requested.v1',
  z.object({ ...recipient }).meta({
    description:
      'Somebody asked for another verification link, and the address is not verified yet. Written by the API soon after `POST /v1/email-verifications/resend`.',
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
