import { z } from 'zod';
import { mailAddress, userId } from '../users/recipient.js';

/** Where feedback comes from: a provider, a delivery status notification, or the mail server's own answer. */
export const FEEDBACK_SOURCES = ['ses', 'postmark', 'dsn', 'smtp'] as const;
export type FeedbackSource = (typeof FEEDBACK_SOURCES)[number];

/** The mail that feedback is about. */
export const reportedMail = {
  userId,
  email: mailAddress.describe('whom the mail was sent to'),
  mailEventId: z.uuid().describe('the event that the mail was sent for'),
  consumer: z.string().min(1).describe('the consumer that sent it'),
  source: z
    .enum(FEEDBACK_SOURCES)
    .describe(
      'who says so: a provider, a delivery status notification, or the answer of the mail server that we handed it to',
    ),
};
