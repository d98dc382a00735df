import { hashSessionToken, newSessionToken } from './session-token.js';

describe('a session token', () => {
  it('is 256 bits in base64url, as the session guard expects', () => {
    const token = newSessionToken();

    expect(token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('is never the same twice', () => {
    const tokens = Array.from({ length: 1_000 }, () => newSessionToken());

    expect(new Set(tokens).size).toBe(1_000);
  });
});

describe('the hash of a session token', () => {
  it('is its SHA-256', () => {
    // FIPS 180-2, appendix B.1
    expect(hashSessionToken('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('differs from token to token and not from time to time', () => {
    const token = newSessionToken();

    expect(hashSessionToken(token)).toEqual(hashSessionToken(token));
    expect(hashSessionToken(token)).not.toEqual(hashSessionToken(newSessionToken()));
  });
});
