import { DeferredError, DependencyUnavailableError, PermanentError } from '#libs/messaging';
import {
  MailRefusalError,
  MailServerRefusalError,
  MaybeSentError,
  readSmtpError,
} from './smtp-errors.js';

/** An error as nodemailer makes it; see `_formatError` in its smtp-connection. */
function smtpError(properties: {
  message?: string;
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  syscall?: string;
  timeoutType?: string;
}): Error {
  return Object.assign(new Error(properties.message ?? 'failed'), properties);
}

/** Before the log-in, in the middle of a mail, and when the whole mail has been written. */
const BEFORE = { loggedIn: false, complete: false };
const DURING = { loggedIn: true, complete: false };
const AFTER = { loggedIn: true, complete: true };

/** A reply to the whole mail or to a command; within a mail it must not matter whether it was handed over. */
const refusal = (
  response: string,
  command: string,
  progress = /^(MAIL|RCPT|DATA)/.test(command) ? AFTER : BEFORE,
) =>
  readSmtpError(
    smtpError({ response, responseCode: Number(response.slice(0, 3)), command }),
    progress,
  );

describe('a mail server that cannot be reached', () => {
  it.each([
    ['refuses the connection', { code: 'ESOCKET', command: 'CONN', syscall: 'connect' }],
    ['has no address', { code: 'EDNS', command: 'CONN', syscall: 'getaddrinfo' }],
    ['does not answer', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'CONNECT_TIMEOUT' }],
    ['never greets', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'GREETING_TIMEOUT' }],
    ['shows a certificate of somebody else', { code: 'ETLS', command: 'STARTTLS' }],
    ['has closed the connection meanwhile', { code: 'ECONNECTION', command: 'API' }],
  ])('because it %s is a dependency that is away', (_why, properties) => {
    const error = readSmtpError(smtpError(properties), BEFORE);

    expect(error).toBeInstanceOf(DependencyUnavailableError);
    expect(error).not.toBeInstanceOf(DeferredError);
    expect(error).not.toBeInstanceOf(MailServerRefusalError);
  });
});

describe('a certificate that is not trusted', () => {
  it.each([
    ['before anything was said', { code: 'ESOCKET', command: 'CONN' }],
    ['after STARTTLS', { code: 'ETLS', command: 'STARTTLS' }],
  ])('is told %s with what to do', (_when, properties) => {
    const message = 'Error initiating TLS - unable to verify the first certificate';

    expect(readSmtpError(smtpError({ ...properties, message }), BEFORE).message).toMatch(
      /^the mail server cannot be reached: Error .* certificate: .* NODE_EXTRA_CA_CERTS$/,
    );
  });

  it('is told from a server that refuses STARTTLS', () => {
    const message = 'Error upgrading connection with STARTTLS: 502 no';

    expect(
      readSmtpError(
        smtpError({ code: 'ETLS', command: 'STARTTLS', responseCode: 502, message }),
        BEFORE,
      ).message,
    ).toMatch(
      /^the mail server answered 502 to STARTTLS: Error .*: the mail server offers no TLS;/,
    );
  });
});

describe('a dialogue that broke off', () => {
  // nodemailer says CONN for all of these, before and after DATA.
  it.each([
    ['closed', { code: 'ECONNECTION', command: 'CONN', message: 'Connection closed unexpectedly' }],
    ['reset', { code: 'ESOCKET', command: 'CONN', syscall: 'read' }],
    ['silent', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'SOCKET_TIMEOUT' }],
    ['closed again and again', { code: 'ECONNECTION' }],
  ])('with a connection that was %s', (_how, properties) => {
    // Before the mail was handed over nothing was sent: the mail waits, and no attempt is used up.
    expect(readSmtpError(smtpError(properties), BEFORE)).toBeInstanceOf(DependencyUnavailableError);
    // After it each try may make a mail, so each one counts.
    expect(readSmtpError(smtpError(properties), AFTER)).toBeInstanceOf(MaybeSentError);
  });
});

describe('an answer that says later', () => {
  const codes = ['421 4.3.2', '450', '451 4.7.1', '452 4.2.2', '454 4.7.0', '450-4.2.0 Greylisted\n450 4.2.0', '550 4.4.2']; // prettier-ignore

  it.each(
    codes.flatMap((code) =>
      ['CONN', 'EHLO', 'STARTTLS', 'AUTH PLAIN', 'MAIL FROM'].map((command) => [code, command]),
    ),
  )('%j to %s is one to all mails: they wait, and nobody is refused', (code, command) => {
    const error = refusal(`${code} try again`, command);

    expect(error).toBeInstanceOf(MailServerRefusalError);
    expect(error).toMatchObject({ reason: undefined });
  });

  it.each(
    codes
      .filter((code) => !code.startsWith('421'))
      .flatMap((code) => ['RCPT TO', 'DATA'].map((command) => [code, command])),
  )('%j to %s is one to this mail: it waits for a minute at least', (code, command) => {
    const error = refusal(`${code} try again`, command);

    expect(error).toBeInstanceOf(DeferredError);
    expect(error).not.toBeInstanceOf(MailRefusalError);
    expect(error).toMatchObject({ retryAfterMs: 60_000 });
  });

  // nodemailer says CONN for a 421 to commands that it sent together.
  it.each(['RCPT TO', 'DATA', 'CONN'])(
    '421 to %s, in a mail, is a server that goes away',
    (command) => {
      const error = refusal('421 4.3.2 closing', command, DURING);

      expect(error).toBeInstanceOf(DependencyUnavailableError);
      expect(error).not.toBeInstanceOf(DeferredError);
      expect(error).not.toBeInstanceOf(MailServerRefusalError);
    },
  );
});

describe('a refusal of us', () => {
  it.each([
    ['535 5.7.8 bad credentials', 'AUTH PLAIN', 'authentication'],
    ['530 5.7.0 STARTTLS first', 'MAIL FROM', 'authentication'],
    ['554 5.7.1 blocked', 'CONN', 'policy'],
    ['550 no', 'MAIL FROM', 'sender'],
  ])('%j to %s, before there is a mail, is one to all mails', (response, command, reason) => {
    const error = refusal(response, command);

    expect(error).toBeInstanceOf(MailServerRefusalError);
    expect(error).toMatchObject({ reason });
  });

  it.each([
    ['530 5.7.1 authentication required', 'RCPT TO', 'authentication'],
    ['554 5.7.1 <a@x.example>: Relay access denied', 'RCPT TO', 'policy'],
    ['550 5.7.60 not this sender', 'DATA', 'policy'],
    ['550 5.4.5 Daily limit', 'DATA', 'quota'],
  ])('%j to %s, in a mail, lets this mail wait', (response, command, reason) => {
    const error = refusal(response, command);

    expect(error).toBeInstanceOf(MailRefusalError);
    expect(error).toMatchObject({ reason, retryAfterMs: 60_000 });
  });

  it('without a password to log in with is one, too', () => {
    const error = readSmtpError(smtpError({ code: 'EAUTH', command: 'API' }), BEFORE);

    expect(error).toMatchObject({ name: 'MailServerRefusalError', reason: 'authentication' });
  });
});

describe('a refusal of the mail', () => {
  it.each([
    ['550 5.1.1 no such mailbox', 'RCPT TO'],
    ['550', 'RCPT TO'],
    ['552 5.2.2 full', 'DATA'],
    ['554 5.6.0 content', 'DATA'],
    ['552 5.3.4 too big', 'MAIL FROM'],
    ['553 5.6.7 no SMTPUTF8', 'RCPT TO'],
  ])('%j to %s is permanent', (response, command) => {
    expect(refusal(response, command)).toBeInstanceOf(PermanentError);
  });

  it.each([
    { code: 'EENVELOPE', command: 'API' },
    { code: 'EMESSAGE', command: 'MAIL FROM' },
  ])('that nodemailer itself makes (%j) is permanent', (properties) => {
    expect(readSmtpError(smtpError(properties), BEFORE)).toBeInstanceOf(PermanentError);
  });

  it('is quoted, with the error it came as for a cause', () => {
    const cause = smtpError({ responseCode: 550, command: 'RCPT TO', message: 'no such mailbox' });
    const error = readSmtpError(cause, BEFORE);

    expect(error.message).toBe('the mail server answered 550 to RCPT TO: no such mailbox');
    expect(error.cause).toBe(cause);
  });
});
