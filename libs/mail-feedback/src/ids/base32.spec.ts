import { randomBytes } from 'node:crypto';
import { decodeBase32, encodeBase32 } from './base32.js';

describe('base32', () => {
  // RFC 4648, section 10, in lower case and without padding.
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('of %j is %j, and the other way round', (text, encoded) => {
    expect(encodeBase32(Buffer.from(text))).toBe(encoded);
    expect(decodeBase32(encoded)).toEqual(Buffer.from(text));
    expect(decodeBase32(encoded.toUpperCase())).toEqual(Buffer.from(text));
  });

  it('brings any bytes back', () => {
    for (let length = 0; length < 100; length++) {
      const bytes = randomBytes(length);
      expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes);
    }
  });

  it.each([
    ['a digit that it has not', 'm1'],
    ['padding', 'my======'],
    ['a length that no bytes have', 'mzx'],
    ['bits left over that are not 0', 'mz'],
    ['a sign whose lower case is a letter of it', '\u212Ay'],
    ['two signs in one place', 'm\u{1F600}'],
  ])('has no %s', (_, text) => {
    expect(decodeBase32(text)).toBeUndefined();
  });
});
