import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { userId } from './recipient.js';

/** It is time for the mail with tips, unless the person wants none. */
export const tipsDue = defineUserEvent(
  'tips.due.v1',
  z.object({ userId }).meta({
    description:
      'A person signed up some days ago. Scheduled by the API in the transaction of the sign-up, for a morning in the time zone of the person; cancelled when the person wants no tips.',
    examples: [{ userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f' }],
  }),
);
