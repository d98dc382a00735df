import { readQsbmf } from './qsbmf.js';

const bounce = (...paragraphs: string[]) =>
  ['Hi. This is the qmail-send program at mx.example.com.\nSorry.', ...paragraphs].join('\n\n');

const statusOf = (explanation: string) =>
  readQsbmf(bounce(`<mike@example.com>:\n${explanation}`))[0]?.status;

describe('the text of qmail', () => {
  it.each([
    ['Sorry, no mailbox here by that name. (#5.1.1)', '5.1.1'],
    [
      '192.0.2.25 does not like the recipient.\nRemote host said: 550 5.1.1 unknown\nGiving up on 192.0.2.25.',
      '5.1.1',
    ],
    [
      '203.0.113.5 does not like the recipient.\nRemote host said: 550 unknown\nGiving up.',
      '5.0.0',
    ],
    ['192.0.2.25 failed after I sent the message.\nRemote host said: 554 5.7.1 refused', '5.7.1'],
    ['Remote host said: 550 sorry, unknown (#5.1.1)', '5.1.1'],
    [
      "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again.",
      '4.4.1',
    ],
    ['4.4.4.4 does not like the recipient.', undefined],
    ['No reason at all.', undefined],
  ])('%j has the status %s', (explanation, status) => {
    expect(statusOf(explanation)).toBe(status);
  });

  it('ends at the break, also without a blank line before it', () => {
    const text = bounce('<mike@example.com>:\nno (#5.1.1)\n--- Below\n\n<eve@example.com>:\nno');

    expect(readQsbmf(text)).toEqual([
      { address: 'mike@example.com', action: 'failed', status: '5.1.1', diagnostic: 'no (#5.1.1)' },
    ]);
  });

  it('names several recipients, and nothing behind the break', () => {
    const recipients = readQsbmf(
      bounce(
        '<mike@example.com>:\nno (#5.1.1)',
        'Another paragraph.',
        '<Ada@example.com>:\r\nno (#5.2.1)',
        '<not an address>:\nno',
        '--- Below this line is a copy of the message.',
        '<eve@example.com>:\nno (#5.1.1)',
      ),
    );

    expect(recipients).toEqual([
      { address: 'mike@example.com', action: 'failed', status: '5.1.1', diagnostic: 'no (#5.1.1)' },
      { address: 'ada@example.com', action: 'failed', status: '5.2.1', diagnostic: 'no (#5.2.1)' },
    ]);
  });
});
