import { ApiConfig } from '../api.config.js';
import type { Problem } from '../http/problem.js';
import { PasswordPolicy, type PasswordOwner } from './password-policy.js';

const MIKE: PasswordOwner = {
  email: 'michael.of.the.hills@example.com',
  displayName: 'Michael of the Hills',
};

const policy = (PASSWORD_MIN = 15) =>
  new PasswordPolicy(
    new ApiConfig({
      PASSWORD_MIN,
      PUBLIC_URL: 'http://127.0.0.1:3000',
      LINK_SIGNING_KEY: 'x'.repeat(32),
      HASH_CONCURRENCY: 1,
      HASH_QUEUE_LIMIT: 1,
    }),
  );

/** Where and why the policy refuses, as `path: code`; nothing when it accepts. */
function refusal(password: string, minimum?: number): string | undefined {
  try {
    policy(minimum).check(password, MIKE);
    return undefined;
  } catch (error) {
    const { code, errors = [] } = error as Problem;
    return [code, ...errors.map((e) => `${e.path} ${e.code}`)].join(': ');
  }
}

const TOO_SMALL = 'validation_failed: password too_small';

describe('a password', () => {
  it.each([
    'correct horse battery',
    '               ',
    'aaaaaaaaaaaaaaa',
    '密码密码密码密码密码密码密码密',
  ])('may be %j: there are no rules of composition', (password) => {
    expect(refusal(password)).toBeUndefined();
  });

  it('has at least the configured number of characters', () => {
    expect(refusal('x'.repeat(14))).toBe(TOO_SMALL);
    expect(refusal('x'.repeat(15))).toBeUndefined();
    expect(refusal('x'.repeat(7), 8)).toBe(TOO_SMALL);
    expect(refusal('x'.repeat(8), 8)).toBeUndefined();
  });

  it('is counted in characters as a person does, not in UTF-16 units', () => {
    expect(refusal('🦊'.repeat(14))).toBe(TOO_SMALL);
    expect(refusal('🦊'.repeat(15))).toBeUndefined();
  });

  it.each([
    ['the address', MIKE.email],
    ['its local part', 'michael.of.the.hills'],
    ['the display name', MIKE.displayName],
    ['the address in other letters', MIKE.email.toUpperCase()],
    ['the display name in other letters', 'MICHAEL OF THE HILLS'],
  ])('is not %s of the person', (_what, password) => {
    expect(refusal(password)).toBe('validation_failed: password password_personal');
  });

  it('may contain the name of the person', () => {
    expect(refusal(`${MIKE.displayName} and the badger`)).toBeUndefined();
  });

  it('is not repeated when it is refused', () => {
    let message = '';
    try {
      policy().check('hunter2', MIKE);
    } catch (error) {
      message = JSON.stringify((error as Problem).toBody());
    }

    expect(message).toContain('at least 15 characters');
    expect(message).not.toContain('hunter2');
  });
});
