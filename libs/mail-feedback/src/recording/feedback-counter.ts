import { FEEDBACK_SOURCES, type FeedbackSource } from '#libs/contracts';
import { metrics } from '@opentelemetry/api';
import type { MailFeedback } from '../mail-feedback.js';

/**
 * What feedback said. `bounced`: hard or soft. `unknown`: it proves no mail of ours, or one that is too old.
 * `unreadable`: nobody could make anything of it.
 */
const KINDS = ['delivered', 'bounced', 'blocked', 'complained', 'unknown', 'unreadable'] as const;
export type FeedbackKind = (typeof KINDS)[number];

const counter = metrics.getMeter('usher.email').createCounter('usher_mail_feedback', {
  description: 'What was said of mails that had been handed over, by kind and by who said it',
});
for (const provider of FEEDBACK_SOURCES)
  for (const kind of KINDS) counter.add(0, { kind, provider });

/** Counts pieces of feedback. */
export const countFeedback = (kind: FeedbackKind, provider: FeedbackSource, times = 1): void =>
  counter.add(times, { kind, provider });

/** The kind by which feedback of a mail of ours is counted. */
export const kindOf = (feedback: MailFeedback): FeedbackKind =>
  feedback.kind === 'bounced' && feedback.bounce === 'blocked' ? 'blocked' : feedback.kind;
