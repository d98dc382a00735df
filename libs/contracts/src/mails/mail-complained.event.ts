import { z } from 'zod';
import { defineUserEvent } from '../users/define-user-event.js';
import { reportedMail } from './reported-mail.js';

/** A recipient has reported a mail as unwanted. */
export const mailComplained = defineUserEvent(
  'mail.complained.v1',
  z.object(reportedMail).meta({
    description:
      'A recipient has reported a mail as unwanted. It is for operators: a stranger may have signed up with the address.',
    examples: [
      {
        userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
        email: 'mei@example.com',
        mailEventId: '01a20677-33a1-7000-8f4e-1b2f6a1c9d10',
        consumer: 'email-worker.send-welcome-email',
        source: 'ses',
      },
    ],
  }),
);
