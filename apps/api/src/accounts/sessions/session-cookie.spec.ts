import { jest } from '@jest/globals';
import { LinkConfig } from '#libs/link-tokens';
import { loadConfig } from '#libs/service-defaults';
import type { Request, Response } from 'express';
import { SessionCookie } from './session-cookie.js';

const TOKEN = 'T'.repeat(43);
const NOW = new Date('2026-01-02T00:00:00.000Z');
const EXPIRES_AT = new Date('2026-02-01T00:00:00.000Z');
const THIRTY_DAYS_MS = 30 * 86_400_000;

const sessionCookie = (PUBLIC_URL: string) =>
  new SessionCookie(loadConfig([LinkConfig], { PUBLIC_URL }).get(LinkConfig) as LinkConfig);

const overHttps = () => sessionCookie('https://usher.example');
const overHttp = () => sessionCookie('http://127.0.0.1:3000');

/** A response that keeps the arguments of the last call of `cookie` or `clearCookie`. */
function response() {
  const kept: { cookie?: unknown[]; cleared?: unknown[] } = {};
  const fake = {
    cookie: (...args: unknown[]) => void (kept.cookie = args),
    clearCookie: (...args: unknown[]) => void (kept.cleared = args),
  } as unknown as Response;
  return { fake, kept };
}

const request = (cookie?: string) => ({ headers: { cookie } }) as Request;

describe('the cookie of a session', () => {
  beforeEach(() => void jest.useFakeTimers({ now: NOW }));
  afterEach(() => void jest.useRealTimers());
  it.each([
    ['https://usher.example/usher', '__Host-usher_session-usher'],
    ['https://usher.example/teams/one', '__Host-usher_session-teams-one'],
    ['http://usher.example/usher', 'usher_session-usher'],
  ])('of %s has the path in its name, and counts for the whole host', (url, name) => {
    const { fake, kept } = response();
    sessionCookie(url).write(fake, { token: TOKEN, expiresAt: EXPIRES_AT });
    expect(kept.cookie?.[0]).toBe(name);
    expect(kept.cookie?.[2]).toMatchObject({ path: '/' });
  });

  it('is bound to this very host over HTTPS', () => {
    const { fake, kept } = response();
    overHttps().write(fake, { token: TOKEN, expiresAt: EXPIRES_AT });

    expect(kept.cookie).toEqual([
      '__Host-usher_session',
      TOKEN,
      { httpOnly: true, sameSite: 'lax', secure: true, path: '/', maxAge: THIRTY_DAYS_MS },
    ]);
  });

  it('is not secure over plain HTTP, where browsers would not keep it', () => {
    const { fake, kept } = response();
    overHttp().write(fake, { token: TOKEN, expiresAt: EXPIRES_AT });

    expect(kept.cookie).toEqual([
      'usher_session',
      TOKEN,
      { httpOnly: true, sameSite: 'lax', secure: false, path: '/', maxAge: THIRTY_DAYS_MS },
    ]);
  });

  it('is cleared with the attributes that it was written with', () => {
    const { fake, kept } = response();
    overHttps().clear(fake);

    expect(kept.cleared).toEqual([
      '__Host-usher_session',
      { httpOnly: true, sameSite: 'lax', secure: true, path: '/' },
    ]);
  });

  it.each([
    `usher_session=${TOKEN}`,
    `theme=dark; usher_session=${TOKEN}; lang=en`,
    `not_usher_session=other; usher_session=${TOKEN}`,
  ])('is found in %j', (header) => {
    expect(overHttp().read(request(header))).toBe(TOKEN);
  });

  it.each([undefined, '', 'theme=dark', `xusher_session=${TOKEN}`, `USHER_SESSION=${TOKEN}`])(
    'is not in %j',
    (header) => {
      expect(overHttp().read(request(header))).toBeUndefined();
    },
  );

  it('of plain HTTP does not count over HTTPS: any neighbour could have set it', () => {
    expect(overHttps().read(request(`usher_session=${TOKEN}`))).toBeUndefined();
    expect(overHttps().read(request(`__Host-usher_session=${TOKEN}`))).toBe(TOKEN);
  });
});
