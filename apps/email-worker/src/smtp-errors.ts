import { DependencyUnavailableError, PermanentError } from '#libs/messaging';

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
  syscall?: string;
  timeoutType?: string;
}

/** The recipient or the content was refused, as opposed to us or our sender address. */
const ABOUT_THIS_MAIL = new Set(['RCPT TO', 'DATA']);

/**
 * Reads an error of nodemailer by the reply codes of RFC 5321, section 4.2: 421 and a server that cannot
 * be reached are a dependency that is away, 4xx is tried again, 5xx about this mail is permanent. A 5xx
 * about ourselves (log-in, sender) is the operator's to mend: the mail waits.
 */
export function readSmtpError(cause: unknown): SmtpFailure {
  const {
    code,
    command = '',
    responseCode,
    syscall,
    timeoutType,
    message,
  } = cause as NodemailerError;
  // nodemailer did not get as far as the server: the mail itself, or what we gave it, is unusable.
  if (command === 'API') {
    return {
      error: new PermanentError(`the mail cannot be sent: ${message}`, { cause }),
      maybeSent: false,
    };
  }
  if (responseCode === undefined) {
    // Its command does not tell: nodemailer calls it CONN whenever a connection breaks, even after DATA.
    const neverConnected =
      code === 'EDNS' ||
      syscall === 'connect' ||
      syscall === 'getaddrinfo' ||
      timeoutType === 'CONNECT_TIMEOUT' ||
      timeoutType === 'GREETING_TIMEOUT';
    return {
      error: new DependencyUnavailableError(`the mail server cannot be reached: ${message}`, {
        cause,
      }),
      maybeSent: !neverConnected,
    };
  }
  const refusal = `the mail server answered ${responseCode} to ${command || 'the connection'}: ${message}`;
  if (responseCode === 421 || code === 'EAUTH') return unavailable(refusal, cause);
  if (responseCode < 500) return { error: new Error(refusal, { cause }), maybeSent: false };
  if (!ABOUT_THIS_MAIL.has(command)) return unavailable(refusal, cause);
  return { error: new PermanentError(refusal, { cause }), maybeSent: false };
}

const unavailable = (message: string, cause: unknown): SmtpFailure => ({
  error: new DependencyUnavailableError(message, { cause }),
  maybeSent: false,
});
