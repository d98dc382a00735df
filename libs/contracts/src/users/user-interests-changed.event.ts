import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { interestsOfAPerson } from './interests.js';
import { recipient, userId } from './recipient.js';

/** A person chose other interests. */
export const userInterestsChanged = defineUserEvent(
  'user.interests-changed.v1',
  z.object({ userId, ...interestsOfAPerson, locale: recipient.locale }).meta({
    description:
      'A person chose other interests. Written by the API in the transaction of `PATCH /v1/me`, and only when the set of tags differs from the one before.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        interests: ['typescript', 'hiking'],
        interestsVersion: 2,
        locale: 'en',
      },
    ],
  }),
);
