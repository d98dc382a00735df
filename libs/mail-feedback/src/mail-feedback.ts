import type { BounceClass } from './classify.js';

interface Feedback {
  /** The id that the mail carried: its form is right, and nothing is proven before `MailIds.verify`. */
  readonly id: string;
  /** The address that the feedback is about, in lower case. */
  readonly recipient: string;
  readonly at: Date;
}

/** The recipient's mail server has taken the mail. */
export interface Delivered extends Feedback {
  readonly kind: 'delivered';
}

/** The mail was refused after it had been handed over. */
export interface Bounced extends Feedback {
  readonly kind: 'bounced';
  readonly bounce: BounceClass;
  /** The enhanced status code, such as `5.1.1` (RFC 3463), if one is known. */
  readonly status?: string;
  /** What the server said: one line of at most 500 characters, written by a stranger. */
  readonly diagnostic?: string;
}

/** The recipient has reported the mail as unwanted. */
export interface Complained extends Feedback {
  readonly kind: 'complained';
}

/** What has become of a mail after it was handed over, whatever way the news came. */
export type MailFeedback = Delivered | Bounced | Complained;
