import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { userId } from './recipient.js';

/** It is time to remind a person to verify their address, unless they have. */
export const verifyReminderDue = defineUserEvent(
  'verify-reminder.due.v1',
  z.object({ userId }).meta({
    description:
      'A person has used an account for a while whose address is not verified. Scheduled by the API when the account is used again after its first hour; cancelled when the address is verified.',
    examples: [{ userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f' }],
  }),
);
