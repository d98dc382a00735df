import { DependencyUnavailableError, PermanentError } from '#libs/messaging';
import { readSmtpError } from './smtp-errors.js';

/** An error as nodemailer makes it; see `_formatError` in its smtp-connection. */
function smtpError(properties: {
  message?: string;
  code?: string;
  command?: string;
  responseCode?: number;
  syscall?: string;
  timeoutType?: string;
}): Error {
  return Object.assign(new Error(properties.message ?? 'failed'), properties);
}

const refusal = (responseCode: number, command: string, code = 'EENVELOPE') =>
  readSmtpError(smtpError({ responseCode, command, code }), true);

describe('a mail server that cannot be reached', () => {
  it.each([
    ['refuses the connection', { code: 'ESOCKET', command: 'CONN', syscall: 'connect' }],
    ['has no address', { code: 'EDNS', command: 'CONN', syscall: 'getaddrinfo' }],
    [
      'does not answer the connection',
      { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'CONNECT_TIMEOUT' },
    ],
    ['never greets', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'GREETING_TIMEOUT' }],
  ])('because it %s is a dependency that is away; nothing was sent', (_why, properties) => {
    const { error, maybeSent } = readSmtpError(smtpError(properties), false);

    expect(error).toBeInstanceOf(DependencyUnavailableError);
    expect(maybeSent).toBe(false);
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
    const before = readSmtpError(smtpError(properties), false);
    // Before the mail was handed over nothing was sent: the mail waits, and no attempt is used up.
    expect(before.error).toBeInstanceOf(DependencyUnavailableError);
    expect(before.maybeSent).toBe(false);

    const after = readSmtpError(smtpError(properties), true);
    // After it each try may make a mail, so each one counts.
    expect(after.error).not.toBeInstanceOf(DependencyUnavailableError);
    expect(after.error).not.toBeInstanceOf(PermanentError);
    expect(after.maybeSent).toBe(true);
  });
});

describe('a mail server that refuses', () => {
  it.each([
    [550, 'RCPT TO'],
    [552, 'DATA'],
    [554, 'DATA'],
  ])('with %d to %s has refused this mail for good', (responseCode, command) => {
    const { error, maybeSent } = refusal(responseCode, command);

    expect(error).toBeInstanceOf(PermanentError);
    expect(maybeSent).toBe(false);
  });

  it.each([
    [450, 'RCPT TO'],
    [451, 'DATA'],
    [452, 'MAIL FROM'],
  ])('with %d to %s is tried again, which uses up an attempt', (responseCode, command) => {
    const { error, maybeSent } = refusal(responseCode, command);

    expect(error).not.toBeInstanceOf(PermanentError);
    expect(error).not.toBeInstanceOf(DependencyUnavailableError);
    expect(maybeSent).toBe(false);
  });

  it.each([
    [421, 'CONN'],
    [421, 'DATA'],
    [421, 'RCPT TO'],
  ])('with %d to %s is away', (responseCode, command) => {
    const { error, maybeSent } = refusal(responseCode, command, 'ECONNECTION');

    expect(error).toBeInstanceOf(DependencyUnavailableError);
    expect(maybeSent).toBe(false);
  });

  it.each([
    [535, 'AUTH PLAIN', 'EAUTH'],
    [454, 'AUTH PLAIN', 'EAUTH'],
    [550, 'MAIL FROM', 'EENVELOPE'],
    [554, 'CONN', 'EPROTOCOL'],
    [530, 'STARTTLS', 'ETLS'],
  ])('with %d to %s refuses us: the operator mends it and the mail waits', (...reply) => {
    const { error, maybeSent } = refusal(...reply);

    expect(error).toBeInstanceOf(DependencyUnavailableError);
    expect(maybeSent).toBe(false);
  });

  it('is quoted, with the error it came as for a cause', () => {
    const cause = smtpError({ responseCode: 550, command: 'RCPT TO', message: 'no such mailbox' });
    const { error } = readSmtpError(cause, false);

    expect(error.message).toBe('the mail server answered 550 to RCPT TO: no such mailbox');
    expect(error.cause).toBe(cause);
  });
});
