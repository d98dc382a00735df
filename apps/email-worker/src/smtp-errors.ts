import { DeferredError, DependencyUnavailableError, PermanentError } from '#libs/messaging';
import { classifyReply, oneLine, statusInReply } from '#libs/mail-feedback';
import { connectionProblem } from '#libs/service-defaults';
import type { Bounce } from './feedback/bounces.js';
import { meaningOf, type RefusalReason } from './smtp-replies.js';

/** What a server that asks to come later gets at least: it has answered, so it is not away. */
const LATER_MS = 60_000;

/** The server refuses us, or serves nobody now, before it knows which mail it is: it would refuse every other too. */
export class MailServerRefusalError extends DependencyUnavailableError {
  override name = 'MailServerRefusalError';

  /** @param reason undefined: the server has only asked to come later */
  constructor(
    message: string,
    readonly reason: RefusalReason | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }

  /** It has asked to come later before it knew who we are, as a server does that has too many connections. */
  get isAtTheDoor(): boolean {
    return (
      this.reason === undefined && (this.cause as NodemailerError | undefined)?.command === 'CONN'
    );
  }
}

/** The server refuses us in the middle of a mail: the mail waits until an operator has settled it. */
export class MailRefusalError extends DeferredError {
  override name = 'MailRefusalError';

  constructor(
    message: string,
    readonly reason: RefusalReason,
    cause: unknown,
  ) {
    super(message, { cause, retryAfterMs: LATER_MS });
  }
}

/** The server refuses this one mail for good: a bounce that comes at once. */
export class UndeliverableError extends PermanentError {
  constructor(
    message: string,
    readonly bounce: Bounce,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** The mail was handed over and its end is unknown: each such try may have made a mail, so it uses up an attempt. */
export class MaybeSentError extends Error {
  override name = 'MaybeSentError';
}

interface NodemailerError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** Nothing is known of the mail yet, and all mails have the same sender: what is refused here is refused to all. */
const ABOUT_ONE_MAIL = new Set(['RCPT TO', 'DATA']);

/** How far the dialogue has come. */
export interface Progress {
  /** The server has let us in. */
  readonly loggedIn: boolean;
  /** The whole mail has been written to the server. */
  readonly complete: boolean;
}

/**
 * Turns an error of nodemailer into one for the retry policy. A reply that is no acceptance, also one to the
 * whole mail, is a sure "not sent".
 */
export function readSmtpError(cause: unknown, { loggedIn, complete }: Progress): Error {
  const { code, command = '', response, responseCode, message } = cause as NodemailerError;
  if (responseCode !== undefined) {
    return readReply(responseCode, command, response ?? message, loggedIn, cause as Error);
  }
  if (complete) {
    return new MaybeSentError(`the mail server did not answer for the mail: ${message}`, { cause });
  }
  // There was nothing to log in with, or no token to be had.
  if (code === 'EAUTH') {
    const text = `the log-in to the mail server failed: ${message}`;
    return new MailServerRefusalError(text, 'authentication', cause);
  }
  // nodemailer did not get as far as the server: the mail itself, or what we gave it, is unusable.
  if ((command === 'API' && code !== 'ECONNECTION') || code === 'EMESSAGE') {
    return new PermanentError(`the mail cannot be sent: ${message}`, { cause });
  }
  return new DependencyUnavailableError(
    `the mail server cannot be reached: ${connectionProblem(cause)}`,
    { cause },
  );
}

function readReply(
  code: number,
  command: string,
  text: string,
  loggedIn: boolean,
  cause: Error,
): Error {
  const said = `the mail server answered ${code} to ${command || 'the connection'}: ${connectionProblem(cause)}`;
  const meaning = meaningOf({ code, command, text });
  const reason = meaning.kind === 'refuses-us' ? meaning.reason : undefined;
  if (meaning.kind === 'undeliverable')
    return new UndeliverableError(said, bounceOf(code, text), cause);
  // nodemailer 10.6.0 does not say which of several commands that it sent together a 421 answers (RFC 2920).
  const isAboutOneMail = ABOUT_ONE_MAIL.has(command) || (loggedIn && command === 'CONN');
  if (!isAboutOneMail) return new MailServerRefusalError(said, reason, cause);
  if (reason) return new MailRefusalError(said, reason, cause);
  // The server goes away; it says nothing about the mail.
  if (code === 421) return new DependencyUnavailableError(said, { cause });
  return new DeferredError(said, { cause, retryAfterMs: LATER_MS });
}

/** The reply that an error is about, if a server has answered. */
export function replyIn(error: unknown): { code: number; text: string } | undefined {
  const { responseCode: code, response } = ((error as Error).cause ?? {}) as NodemailerError;
  return code === undefined ? undefined : { code, text: response ?? '' };
}

const bounceOf = (code: number, text: string): Bounce => ({
  bounce: classifyReply(code, text),
  status: statusInReply(text),
  diagnostic: oneLine(text),
});
