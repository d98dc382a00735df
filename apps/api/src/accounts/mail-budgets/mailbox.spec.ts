import { domainOf, mailboxOf } from './mailbox.js';

describe('the mailbox of an address', () => {
  it.each([
    ['mei@example.com', 'mei@example.com'],
    ['mei+news@example.com', 'mei@example.com'],
    ['mei+a+b@example.com', 'mei@example.com'],
    ['+mei@example.com', '+mei@example.com'],
    ['m.e.i@example.com', 'm.e.i@example.com'],
    ['m.e.i+x@gmail.com', 'mei@gmail.com'],
    ['m.ei@googlemail.com', 'mei@gmail.com'],
  ])('%s is %s', (address, mailbox) => {
    expect(mailboxOf(address)).toBe(mailbox);
  });
});

it('the domain of an address is what follows the last @', () => {
  expect(domainOf('mei@news.example.com')).toBe('news.example.com');
});
