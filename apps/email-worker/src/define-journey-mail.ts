import type { Locale } from '#libs/contracts';
import type { Subscription } from '#libs/messaging';
import { checkTemplate, type EventAbout, type LinkText, type MailText } from './define-mail.js';
import type { EmailWorkerConfig } from './email-worker.config.js';
import type { KnownRecipient } from './recipients/recipients.js';

/** The words by which a person ends such mails. */
export interface EndText {
  readonly end: string;
}

/** A mail that follows later. Its event says only whom it is about: whether it is still wanted is read when it is sent. */
export interface JourneyMailDefinition {
  readonly on: Subscription<EventAbout<{ readonly userId: string }>>;
  /** Stands in `email.messages` and in the Message-ID. */
  readonly template: string;
  readonly isWanted: (person: KnownRecipient, config: EmailWorkerConfig) => boolean;
  /** Where its button leads: the page of a link, or the account. */
  readonly link: 'email-verification' | 'account';
  readonly texts: Readonly<Record<Locale, MailText & LinkText & Partial<EndText>>>;
}

/** @throws Error when the template has a name that does not fit a Message-ID */
export function defineJourneyMail(mail: JourneyMailDefinition): JourneyMailDefinition {
  checkTemplate(mail.template);
  return mail;
}
