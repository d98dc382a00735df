import type { Locale } from '#libs/contracts';
import type { LinkClaims, LinkPurpose } from '#libs/link-tokens';
import type { EventDefinition, Subscription } from '#libs/messaging';
import type { z } from 'zod';

/** What an event has to know for a mail to follow it. */
export interface Recipient extends LinkClaims {
  readonly displayName: string;
  readonly locale: Locale;
}

/** The words of a mail in one language; the greeting is the same in all mails. */
export interface MailText {
  readonly subject: string;
  readonly intro: string;
  /** What to do for a reader who did not cause this mail. */
  readonly notYou: string;
}

/** The words of a mail with a link. */
export interface LinkText {
  /** What the link does. */
  readonly action: string;
  /** How long the link works, if it ends. */
  readonly expiry?: string;
}

/** An event whose data has at least this. */
export type EventAbout<Data> = EventDefinition<string, z.ZodType<Data>>;

interface MailOn<Data extends Recipient> {
  /** What it is sent for. */
  readonly on: Subscription<EventAbout<Data>>;
  /** Stands in `email.messages` and in the Message-ID: with another name, a mail that was sent is sent again. */
  readonly template: string;
  /** Whether an event leads to it; all do unless given. */
  readonly isWanted?: (data: Data & { readonly verified?: boolean }) => boolean;
  /**
   * Whether the person has asked for it just now, or has to know of it at once. Such a mail is tried although the
   * address has bounced before, and goes in front of others at the rate of a provider.
   */
  readonly isAskedFor?: boolean;
}

interface WithLink<Purpose extends LinkPurpose> {
  readonly link: Purpose;
  readonly texts: Readonly<Record<Locale, MailText & LinkText>>;
}

interface WithoutLink {
  readonly link?: undefined;
  readonly texts: Readonly<Record<Locale, MailText>>;
}

/** One mail: what it is sent for, where its link leads, and what it says. */
export type MailDefinition =
  | (MailOn<Recipient> & (WithLink<'email-verification' | 'email-change-undo'> | WithoutLink))
  | (MailOn<Recipient & { readonly credentialVersion: number }> & WithLink<'password-reset'>)
  | (MailOn<Recipient & { readonly credentialVersion: number; readonly emailVersion: number }> &
      WithLink<'email-change'>);

const TEMPLATE = /^[a-z]+(-[a-z]+)*$/;

/** @throws Error when the template has a name that does not fit a Message-ID */
export function defineMail(mail: MailDefinition): MailDefinition {
  checkTemplate(mail.template);
  return mail;
}

export function checkTemplate(template: string): void {
  if (!TEMPLATE.test(template)) throw new Error(`'${template}' is not lower-case-words`);
}
