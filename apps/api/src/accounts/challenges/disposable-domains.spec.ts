import { isDisposable } from './disposable-domains.js';

it.each([
  ['mei@mailinator.com', true],
  ['mei@box.mailinator.com', true],
  ['mei@xmailinator.com', false],
  ['mailinator.com@example.org', false],
  ['mei@gmail.com', false],
])('%s is disposable: %s', (email, expected) => {
  expect(isDisposable(email)).toBe(expected);
});
