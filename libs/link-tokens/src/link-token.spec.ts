import { jest } from '@jest/globals';
import { SignJWT } from 'jose';
import { readLinkToken, signLinkToken, verifyLinkToken } from './link-token.js';

const KEY = 'a-key-of-thirty-two-characters!!';
const MIKE = { userId: '01890a5d-ac96-774b-bcce-b302099a8058', email: 'mike@example.com' };
const DAY_MS = 86_400_000;

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

const sign = (changes: { key?: string; issuedAt?: Date } = {}) =>
  signLinkToken(changes.key ?? KEY, 'email-verification', MIKE, changes.issuedAt ?? new Date());

const now = async () => new Date();

const verify = (token: string) => verifyLinkToken(KEY, 'email-verification', token, now);

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token made by hand; as it is, it is genuine. */
function forged(
  changes: { audience?: string; issuer?: string; alg?: string; expires?: boolean } = {},
): Promise<string> {
  const token = new SignJWT({ email: MIKE.email })
    .setProtectedHeader({ alg: changes.alg ?? 'HS256' })
    .setIssuer(changes.issuer ?? 'usher')
    .setAudience(changes.audience ?? 'email-verification')
    .setSubject(MIKE.userId);
  if (changes.expires ?? true) token.setExpirationTime('1h');
  return token.sign(Buffer.from(KEY));
}

describe('a link token', () => {
  it('tells who it was made for', async () => {
    expect(await verify(await sign())).toEqual(MIKE);
  });

  it('is the same for the same event, so that a repeated mail carries the same link', async () => {
    const issuedAt = new Date();

    expect(await sign({ issuedAt })).toBe(await sign({ issuedAt }));
  });

  it('can stand in an address as it is', async () => {
    const token = await sign();

    expect(encodeURIComponent(token)).toBe(token);
  });

  it('works for seven days', async () => {
    expect(await verify(await sign({ issuedAt: daysAgo(6.99) }))).toEqual(MIKE);
    expect(await verify(await sign({ issuedAt: daysAgo(7.01) }))).toBeUndefined();
  });

  it('can still be read when it has expired, if it is genuine and of that purpose', async () => {
    const expired = await sign({ issuedAt: daysAgo(8) });

    expect(await readLinkToken(KEY, 'email-verification', expired)).toEqual(MIKE);
    expect(await readLinkToken(KEY, 'password-reset', expired)).toBeUndefined();
    expect(await readLinkToken(`${KEY}!`, 'email-verification', expired)).toBeUndefined();
    expect(await readLinkToken(KEY, 'email-verification', `${expired}x`)).toBeUndefined();
  });

  it.each([0, 1, 2])('is worthless when one character of part %d was altered', async (index) => {
    const parts = (await sign()).split('.');
    const altered = parts[index]!;
    // In the middle: the last character of base64url may carry bits that do not count.
    const middle = Math.floor(altered.length / 2);
    const other = altered[middle] === 'A' ? 'B' : 'A';
    parts[index] = altered.slice(0, middle) + other + altered.slice(middle + 1);

    expect(await verify(parts.join('.'))).toBeUndefined();
  });

  it('is worthless with the claims of somebody else', async () => {
    const [header, , signature] = (await sign()).split('.');
    const claims = part({
      email: 'eve@example.com',
      iss: 'usher',
      aud: 'email-verification',
      sub: MIKE.userId,
      exp: Math.floor(Date.now() / 1_000) + 3_600,
    });

    expect(await verify(`${header}.${claims}.${signature}`)).toBeUndefined();
  });

  it('is worthless when another key signed it', async () => {
    expect(await verify(await sign({ key: 'another-key-of-thirty-two-chars!' }))).toBeUndefined();
  });

  it('is worthless for another purpose, from another issuer, or without an expiry', async () => {
    expect(await verify(await forged())).toEqual(MIKE);

    expect(await verify(await forged({ audience: 'password-reset' }))).toBeUndefined();
    expect(await verify(await forged({ issuer: 'somebody' }))).toBeUndefined();
    expect(await verify(await forged({ expires: false }))).toBeUndefined();
  });

  it.each(['none', 'None', 'NONE'])('is worthless with the algorithm %s', async (alg) => {
    const [, claims, signature] = (await sign()).split('.');
    const header = part({ alg });

    expect(await verify(`${header}.${claims}.`)).toBeUndefined();
    expect(await verify(`${header}.${claims}.${signature}`)).toBeUndefined();
  });

  it('is worthless with another algorithm, even with the right key', async () => {
    expect(await verify(await forged({ alg: 'HS384' }))).toBeUndefined();
  });

  it.each(['', '.', '..', 'hello', 'a.b.c', 'x'.repeat(10_000)])('is not %j', async (text) => {
    expect(await verify(text)).toBeUndefined();
  });
});

describe('a token that ends mails', () => {
  const signEnd = (issuedAt = new Date()) =>
    signLinkToken(KEY, 'unsubscribe', { userId: MIKE.userId }, issuedAt);

  it('says whom it is about, and nothing of their address', async () => {
    const token = await signEnd();

    expect(await verifyLinkToken(KEY, 'unsubscribe', token, now)).toEqual({
      userId: MIKE.userId,
    });
    expect(Buffer.from(token.split('.')[1]!, 'base64url').toString()).not.toContain('email');
  });

  it('works for a year', async () => {
    for (const [days, works] of [
      [364, true],
      [366, false],
    ] as const) {
      const claims = await verifyLinkToken(KEY, 'unsubscribe', await signEnd(daysAgo(days)), now);
      expect(claims !== undefined).toBe(works);
    }
  });

  it('asks the clock only when it is genuine: a forged one costs no look into the database', async () => {
    const clock = jest.fn(now);
    expect(await verifyLinkToken(KEY, 'unsubscribe', 'a.forged.token', clock)).toBeUndefined();
    expect(clock).not.toHaveBeenCalled();
    expect(await verifyLinkToken(KEY, 'unsubscribe', await signEnd(), clock)).toBeDefined();
    expect(clock).toHaveBeenCalledTimes(1);
  });

  it('opens nothing else, and nothing else ends mails', async () => {
    expect(await verify(await signEnd())).toBeUndefined();
    expect(await verifyLinkToken(KEY, 'unsubscribe', await sign(), now)).toBeUndefined();
  });
});

describe('a password reset token', () => {
  const signReset = (issuedAt = new Date()) =>
    signLinkToken(KEY, 'password-reset', { ...MIKE, credentialVersion: 3 }, issuedAt);

  it('names the password that it is to replace', async () => {
    expect(await verifyLinkToken(KEY, 'password-reset', await signReset(), now)).toEqual({
      ...MIKE,
      credentialVersion: 3,
    });
  });

  it('works for one hour', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

    expect(
      await verifyLinkToken(KEY, 'password-reset', await signReset(minutesAgo(59)), now),
    ).toBeDefined();
    expect(
      await verifyLinkToken(KEY, 'password-reset', await signReset(minutesAgo(61)), now),
    ).toBeUndefined();
  });

  it('verifies no address, and the other way round', async () => {
    expect(await verify(await signReset())).toBeUndefined();
    expect(await verifyLinkToken(KEY, 'password-reset', await sign(), now)).toBeUndefined();
  });
});
