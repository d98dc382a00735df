import { meaningOf } from './smtp-replies.js';

const meaning = (command: string, text: string) => {
  const found = meaningOf({ code: Number(text.slice(0, 3)), command, text });
  return found.kind === 'refuses-us' ? found.reason : found.kind;
};

describe('what providers answer', () => {
  it.each([
    // Gmail: https://support.google.com/a/answer/3726730
    [
      'AUTH PLAIN',
      '535-5.7.8 Username and Password not accepted.\n535 5.7.8 gsmtp',
      'authentication',
    ],
    ['AUTH PLAIN', '454 4.7.0 Too many login attempts, please try again later.', 'later'],
    ['MAIL FROM', '530 5.5.1 Authentication Required.', 'authentication'],
    ['DATA', '550 5.4.5 Daily SMTP relay sending limit exceeded for user.', 'quota'],
    ['DATA', '550 5.7.1 Daily user sending limit exceeded.', 'quota'],
    ['RCPT TO', '550-5.1.1 The account does not exist.\n550 5.1.1 gsmtp', 'undeliverable'],
    ['RCPT TO', '550-5.2.1 The account is inactive.\n550 5.2.1 gsmtp', 'undeliverable'],
    ['RCPT TO', '452 4.2.2 The account is over quota.', 'later'],
    ['RCPT TO', '552 5.2.2 The account is over quota.', 'undeliverable'],
    ['DATA', '550-5.7.26 This mail is unauthenticated.\n550 5.7.26 gsmtp', 'policy'],
    ['RCPT TO', '450 4.2.1 The user is receiving mail too quickly.', 'later'],

    // Exchange Online
    [
      'AUTH LOGIN',
      '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
      'authentication',
    ],
    ['MAIL FROM', '530 5.7.57 Client not authenticated to send mail.', 'authentication'],
    ['DATA', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'sender'],
    ['DATA', '554 5.2.252 SendAsDenied; not allowed to send as another', 'sender'],
    ['DATA', '554 5.2.252 not allowed to send as another', 'sender'],
    ['DATA', '550 5.1.90 the daily limit for recipients is reached', 'quota'],
    ['RCPT TO', '550 5.7.64 TenantAttribution; Relay Access Denied', 'policy'],
    ['MAIL FROM', '550 5.1.8 Access denied, bad outbound sender', 'sender'],
    ['DATA', '554 5.2.0 STOREDRV.Submission; SubmissionQuotaExceededException', 'quota'],
    ['RCPT TO', '550 5.4.1 Recipient address rejected: Access denied.', 'undeliverable'],
    ['RCPT TO', '550 5.7.133 Sender not authenticated for group', 'undeliverable'],
    ['RCPT TO', '550 5.7.134 Sender not authenticated for mailbox', 'undeliverable'],
    ['DATA', '432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded', 'later'],

    // Amazon SES
    [
      'DATA',
      '554 Message rejected: Email address is not verified. The following identities failed',
      'sender',
    ],
    [
      'DATA',
      '554 Access denied: User `arn:…` is not authorized to perform `ses:SendRawEmail`',
      'authentication',
    ],
    ['DATA', '454 Throttling failure: Maximum sending rate exceeded.', 'later'],
    ['DATA', '454 Throttling failure: Daily message quota exceeded.', 'later'],
    ['AUTH LOGIN', '535 Authentication Credentials Invalid', 'authentication'],
    ['CONN', '421 Too many concurrent SMTP connections', 'later'],

    // SendGrid
    ['DATA', '550 The from address does not match a verified Sender Identity.', 'sender'],
    ['DATA', '550-The from address does not match a verified\n550 Sender Identity.', 'sender'],
    ['MAIL FROM', '403 You are not authorized to send from that email address', 'sender'],
    ['AUTH PLAIN', '451 Authentication failed: Maximum credits exceeded', 'quota'],

    // Postfix, Exim, qmail, Cisco
    ['RCPT TO', '554 5.7.1 <ada@x.example>: Relay access denied', 'policy'],
    ['RCPT TO', '553 5.7.1 <u@x.example>: Sender address rejected: not owned by user u', 'sender'],
    [
      'RCPT TO',
      '550 5.1.1 <ada@x.example>: Recipient address rejected: User unknown',
      'undeliverable',
    ],
    ['RCPT TO', '450 4.2.0 <ada@x.example>: Recipient address rejected: Greylisted', 'later'],
    ['RCPT TO', '550 relay not permitted', 'policy'],
    ['RCPT TO', '550-Verification failed for <u@x.example>\n550 Sender verify failed', 'sender'],
    ['RCPT TO', '550 Unrouteable address', 'undeliverable'],
    ['RCPT TO', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", 'policy'],
    ['RCPT TO', '553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)', 'policy'],
    ['RCPT TO', '511 sorry, no mailbox here by that name (#5.1.1)', 'undeliverable'],
    ['MAIL FROM', '554 5.1.0 Sender denied', 'sender'],
  ])('%s: %j means %s', (command, text, expected) => {
    expect(meaning(command, text)).toBe(expected);
  });
});

describe('without a provider that we know', () => {
  it.each([
    ['CONN', '554 no service', 'policy'],
    ['STARTTLS', '454 4.7.0 TLS not available', 'later'],
    ['STARTTLS', '554 no TLS', 'policy'],
    ['AUTH LOGIN', '501 cannot decode', 'authentication'],
    ['EHLO', '550 bad name', 'policy'],
    ['MAIL FROM', '550 no', 'sender'],
    ['MAIL FROM', '552 too big', 'undeliverable'],
    ['MAIL FROM', '550 5.6.7 SMTPUTF8 is required', 'undeliverable'],
    ['RCPT TO', '550 5.1.7 bad sender', 'sender'],
    ['DATA', '554 5.7.8 credentials expired', 'authentication'],
    ['DATA', '554 5.3.0 broken', 'server'],
    ['DATA', '503 5.5.1 bad sequence', 'later'],
    ['DATA', '538 5.7.11 encryption required', 'authentication'],
    ['RCPT TO', '550 5.7.17 mailbox owner has changed', 'undeliverable'],
    ['DATA', '554', 'undeliverable'],
  ])('%s: %j means %s', (command, text, expected) => {
    expect(meaning(command, text)).toBe(expected);
  });
});
