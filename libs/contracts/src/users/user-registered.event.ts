import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { interestsOfAPerson } from './interests.js';
import { ownTimeZone, recipient } from './recipient.js';

/** A person signed up; the address is not yet verified. */
export const userRegistered = defineUserEvent(
  'user.registered.v1',
  z.object({ ...recipient, ...interestsOfAPerson, timeZone: ownTimeZone }).meta({
    description:
      'A person signed up; the address is not yet verified. Written by the API in the transaction of `POST /v1/signups`.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        email: 'mei@example.com',
        displayName: 'Mei',
        locale: 'en',
        interests: ['typescript', 'music'],
        interestsVersion: 1,
        country: 'DE',
        timeZone: 'Europe/Berlin',
      },
    ],
  }),
);
