import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Database } from '#libs/database';
import type { ApiConfig } from '../../api.config.js';
import { Problem } from '../../http/problem.js';
import type { PasswordHasher } from '../passwords/password-hasher.js';
import type { Admission } from './admission.js';
import { SignUpLine } from './sign-up-line.js';

/** A door with one place, and no database. */
describe('a sign-up that was let in', () => {
  let line: SignUpLine;

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const config = {
      LINE: 'on',
      LINE_LIMIT: 900_000,
      LINK_SIGNING_KEY: 'a key',
      RATE_LIMIT_SIGNUP: 'off',
    };
    const hasher = {
      idlePerSecond: 25,
      places: 1,
      mostPerSecond: 10,
      admitsSignUp: (_: number, letIn: number) => letIn < 1,
    };
    const database = { query: () => Promise.reject(new Error('away')) };
    line = new SignUpLine(
      config as unknown as ApiConfig,
      database as unknown as Database,
      hasher as unknown as PasswordHasher,
    );
    await line.onApplicationBootstrap();
  });

  afterEach(() => line.onApplicationShutdown());

  const ask = () =>
    line.current!.ask({ ticket: undefined, idempotencyKey: undefined, network: 'a network' });

  it('leaves its place when it is refused, though its connection never says that it is closed', async () => {
    const admission = ask() as Extract<Admission, { kind: 'let-in' }>;
    line.current!.came(admission.pass);
    const refused = line.serve(admission, () => Promise.reject(new Problem('email_taken')));

    await expect(refused).rejects.toMatchObject({ code: 'email_taken' });
    expect(ask().kind).toBe('let-in');
  });
});
