import { asksForFewer } from './throttling.js';

describe('a server that asks for fewer mails', () => {
  it.each([
    [421, '421 4.7.0 Try again later'],
    [421, '421 4.7.28 Our system has detected an unusual rate of mail'],
    [450, '450 4.7.1 Client host rejected: too many mails'],
    [452, '452-4.7.650 slow down\n452 4.7.650 please'],
    [452, '452 4.3.2 System not accepting network messages'],
    [454, '454 Throttling failure: Maximum sending rate exceeded'],
    [454, '454 4.7.0 Daily message quota exceeded'],
  ])('says %i %j', (code, text) => {
    expect(asksForFewer(code, text)).toBe(true);
  });

  it.each([
    // Others are open, and go on.
    [421, '421 4.7.0 Too many concurrent SMTP connections'],
    [450, '450 4.2.0 greylisted'],
    [452, '452 4.2.2 the mailbox is full'],
    [451, '451 4.7.1 greylisted'],
    [454, '454 4.7.0 TLS is not available'],
    [550, '550 4.7.1 a policy'],
  ])('does not say %i %j', (code, text) => {
    expect(asksForFewer(code, text)).toBe(false);
  });
});
