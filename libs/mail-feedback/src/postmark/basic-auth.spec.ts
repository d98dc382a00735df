import { isBasicAuth } from './basic-auth.js';

const EXPECTED = 'postmark:a secret: with colons, ü';
const header = (credentials: string, scheme = 'Basic') =>
  `${scheme} ${Buffer.from(credentials).toString('base64')}`;

describe('user and password', () => {
  it.each(['Basic', 'basic', 'BASIC'])('are right after the word %s', (scheme) => {
    expect(isBasicAuth(header(EXPECTED, scheme), EXPECTED)).toBe(true);
  });

  it.each([
    ['another password', header('postmark:another')],
    ['another user', header(EXPECTED.replace('postmark', 'Postmark'))],
    ['a part of them', header(EXPECTED.slice(0, -1))],
    ['more than them', header(`${EXPECTED} `)],
    ['nothing', header('')],
    ['another scheme', header(EXPECTED, 'Bearer')],
    ['the credentials alone', header(EXPECTED).slice('Basic '.length)],
    ['the credentials as they are', `Basic ${EXPECTED}`],
    ['two schemes', `Basic ${header(EXPECTED)}`],
    ['an empty header', ''],
    ['no header', undefined],
    ['a header without an end', `Basic ${'a'.repeat(1_000_000)}`],
  ])('are not %s', (_, value) => {
    expect(isBasicAuth(value, EXPECTED)).toBe(false);
  });
});
