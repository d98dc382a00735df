import { z } from 'zod';
import { defineUserEvent } from '../users/define-user-event.js';
import { reportedMail } from './reported-mail.js';

export const BOUNCE_CLASSES = ['hard', 'soft', 'blocked'] as const;

/** A mail did not reach its mailbox. */
export const mailBounced = defineUserEvent(
  'mail.bounced.v1',
  z
    .object({
      ...reportedMail,
      bounce: z
        .enum(BOUNCE_CLASSES)
        .describe(
          '`hard`: there is no such mailbox; `soft`: it takes nothing for now; `blocked`: about us or the mail, not the mailbox',
        ),
      status: z
        .string()
        .regex(/^[245]\.\d{1,3}\.\d{1,3}$/)
        .optional()
        .describe('the enhanced status code (RFC 3463)'),
      diagnostic: z
        .string()
        .max(500)
        .optional()
        .describe('what the server said, one line; a stranger wrote it'),
    })
    .meta({
      description:
        'A mail did not reach its mailbox. Written when a provider or a mail server says so of a mail that was sent less than 14 days before.',
      examples: [
        {
          userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
          email: 'mei@example.com',
          mailEventId: '01a20677-33a1-7000-8f4e-1b2f6a1c9d10',
          consumer: 'email-worker.send-welcome-email',
          source: 'dsn',
          bounce: 'hard',
          status: '5.1.1',
          diagnostic: '550 5.1.1 no such mailbox',
        },
      ],
    }),
);
