import { hasExpired } from './link-token.js';

const tokenOf = (payload: object) =>
  ['{}', JSON.stringify(payload), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

describe('the token of a link', () => {
  it.each([
    ['a time that is over', tokenOf({ exp: 1_000, name: 'é?>' }), true],
    ['a time to come', tokenOf({ exp: 3_000 }), false],
    ['no time', tokenOf({}), false],
    ['anything else in it', 'spent', false],
    ['nothing in it', '', false],
  ])('with %s: is it known to have expired?', (_, token, expected) => {
    expect(hasExpired(token, 2_000_000)).toBe(expected);
  });
});
