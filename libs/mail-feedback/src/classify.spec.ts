import { classify, classifyReply } from './classify.js';

describe('a bounce', () => {
  it.each(['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1'])(
    'with %s is hard: there is no such mailbox',
    (status) => {
      expect(classify(status)).toBe('hard');
      expect(classify(status, 'temporary')).toBe('hard');
    },
  );

  it.each(['5.2.2', '4.0.0', '4.2.2', '4.4.7', '4.7.1', '4.1.1'])('with %s is soft', (status) => {
    expect(classify(status)).toBe('soft');
    expect(classify(status, 'permanent')).toBe('soft');
  });

  it.each(['5.7.0', '5.7.1', '5.7.26', '5.7.509'])('with %s is about us', (status) => {
    expect(classify(status)).toBe('blocked');
    expect(classify(status, 'permanent')).toBe('blocked');
    expect(classify(status, 'temporary')).toBe('blocked');
  });

  it.each([
    '5.0.0',
    '5.1.4',
    '5.1.7',
    '5.1.8',
    '5.1.100',
    '5.2.0',
    '5.2.3',
    '5.2.11',
    '5.3.4',
    '5.4.1',
    '5.4.4',
    '5.6.0',
    '2.0.0',
    '',
    'nonsense',
    undefined,
  ])('with %s says nothing about the mailbox', (status) => {
    expect(classify(status)).toBe('blocked');
  });

  it.each(['5.0.0', '5.4.1', undefined])('with %s is what the provider calls it', (status) => {
    expect(classify(status, 'permanent')).toBe('hard');
    expect(classify(status, 'temporary')).toBe('soft');
  });

  it.each([
    [
      '5.4.4',
      'Host or domain name not found. Name service error for name=exmaple.con type=A',
      'hard',
    ],
    ['5.4.310', '550 5.4.310 DNS domain exmaple.con does not exist [Message=NXDOMAIN]', 'hard'],
    ['5.4.4', 'no route to host', 'blocked'],
    ['5.4.6', 'mail loop detected', 'blocked'],
    ['5.7.1', 'the domain of the sender does not exist', 'blocked'],
    [undefined, 'Host not found', 'blocked'],
  ])('of %s by the words %j is %s', (status, diagnostic, expected) => {
    expect(classify(status, undefined, diagnostic)).toBe(expected);
  });

  it('is hard when the provider says that there is no such mailbox', () => {
    for (const status of ['5.7.1', '4.4.7', '5.2.2', undefined]) {
      expect(classify(status, 'no-mailbox')).toBe('hard');
    }
  });
});

describe('a refusal in the SMTP dialogue', () => {
  it.each([
    [550, '550 5.1.1 <mike@example.com>: no mailbox of that name here', 'hard'],
    [550, '550-5.1.1 The account does not exist.\n550 5.1.1 gsmtp', 'hard'],
    [550, '550-5.2.1 The account is inactive.', 'hard'],
    [550, '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found', 'hard'],
    [550, '550 sorry, no mailbox here by that name (#5.1.1)', 'hard'],
    [550, '550 #5.1.0 Address rejected.', 'hard'],
    [552, '552 5.2.2 The account is over quota.', 'soft'],
    [452, '452 4.2.2 The account is over quota.', 'soft'],
    [450, '450 try again later', 'soft'],
    [421, '421 too many connections', 'soft'],
    [450, '450 5.1.1 a server at odds with itself', 'soft'],
    [550, '550 4.4.1 a server at odds with itself', 'soft'],
    [550, '550 5.7.1 Relaying denied', 'blocked'],
    [554, '554 5.7.1 Service unavailable; client host is listed', 'blocked'],
    [550, '550 5.4.1 Recipient address rejected: Access denied.', 'blocked'],
    [550, '550 no such user', 'blocked'],
    [550, '550 5.1.1.7 is an address, not a code', 'blocked'],
    [554, '554 see https://example.com/5.1.1', 'blocked'],
    [550, '', 'blocked'],
  ])('%d: %s', (code, text, bounce) => {
    expect(classifyReply(code, text)).toBe(bounce);
  });

  it.each(['5', ' ', '550 ', '#', '(#5.1.', '5.1.'])('of many times %j has no code', (text) => {
    expect(classifyReply(550, text.repeat(1_000_000))).toBe('blocked');
  });
});
