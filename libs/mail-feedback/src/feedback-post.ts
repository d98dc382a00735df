import { z } from 'zod';
import type { MailFeedback } from './mail-feedback.js';

/** What the request of a provider holds. */
export type FeedbackPost =
  | {
      readonly kind: 'feedback';
      /** Empty when the request is about something else, such as a mail that was opened. */
      readonly feedback: readonly MailFeedback[];
      /** How many pieces of feedback came without an id of our form: they can be matched to no mail. */
      readonly withoutId: number;
    }
  /** No request of this provider: 400. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What a request says that is of no interest to us. */
export const NO_FEEDBACK: FeedbackPost = { kind: 'feedback', feedback: [], withoutId: 0 };

/** Gives pieces of feedback the id that their mail carried; without one they are only counted. */
export function withId(
  id: string | undefined,
  pieces: readonly WithoutId<MailFeedback>[],
): FeedbackPost {
  if (id === undefined) return { kind: 'feedback', feedback: [], withoutId: pieces.length };
  return { kind: 'feedback', feedback: pieces.map((piece) => ({ ...piece, id })), withoutId: 0 };
}

export type WithoutId<Feedback> = Feedback extends MailFeedback ? Omit<Feedback, 'id'> : never;

/** A moment as the providers write it (ISO 8601). */
export const moment = z
  .string()
  .max(64)
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()), { error: 'expected a date and time' });
