import { DependencyUnavailableError, PermanentError } from '#libs/messaging';
import { connectionProblem } from '#libs/service-defaults';

/** What a failed SMTP dialogue means. */
export interface SmtpFailure {
  /** The error for the retry policy. */
  readonly error: Error;
  /** Whether the server may have accepted the mail all the same. */
  readonly maybeSent: boolean;
}

interface NodemailerError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
}

/** The recipient or the content was refused, as opposed to us or our sender address. */
const ABOUT_THIS_MAIL = new Set(['RCPT TO', 'DATA']);

/** The server wants a log-in, or refuses ours (RFC 4954, section 6): nothing about this mail. */
const AUTHENTICATION = new Set([530, 534, 535, 538]);

/**
 * Reads an error of nodemailer by the reply codes of RFC 5321, section 4.2: 421 and a server that cannot
 * be reached are a dependency that is away, 4xx is tried again, 5xx about this mail is permanent. A 5xx
 * about ourselves (log-in, sender) is the operator's to mend: the mail waits. A dialogue that broke off
 * after the mail was handed over uses up an attempt, since each may have made a mail.
 * @param handedOver whether the whole mail had been written to the server
 */
export function readSmtpError(cause: unknown, handedOver: boolean): SmtpFailure {
  const { code, command = '', responseCode, message } = cause as NodemailerError;
  // nodemailer did not get as far as the server: the mail itself, or what we gave it, is unusable.
  if (command === 'API') {
    return {
      error: new PermanentError(`the mail cannot be sent: ${message}`, { cause }),
      maybeSent: false,
    };
  }
  if (responseCode === undefined) {
    return handedOver
      ? {
          error: new Error(`the mail server did not answer for the mail: ${message}`, { cause }),
          maybeSent: true,
        }
      : unavailable(`the mail server cannot be reached: ${connectionProblem(cause)}`, cause);
  }
  const refusal = `the mail server answered ${responseCode} to ${command || 'the connection'}: ${connectionProblem(cause)}`;
  if (responseCode === 421 || code === 'EAUTH' || AUTHENTICATION.has(responseCode)) {
    return unavailable(refusal, cause);
  }
  if (responseCode < 500) return { error: new Error(refusal, { cause }), maybeSent: false };
  if (!ABOUT_THIS_MAIL.has(command)) return unavailable(refusal, cause);
  return { error: new PermanentError(refusal, { cause }), maybeSent: false };
}

const unavailable = (message: string, cause: unknown): SmtpFailure => ({
  error: new DependencyUnavailableError(message, { cause }),
  maybeSent: false,
});
