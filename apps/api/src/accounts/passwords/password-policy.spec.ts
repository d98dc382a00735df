import { loadConfig } from '#libs/service-defaults';
import { ApiConfig } from '../../api.config.js';
import type { Problem } from '../../http/problem.js';
import { BreachedPasswords } from './breached-passwords.js';
import { PasswordPolicy, type PasswordOwner } from './password-policy.js';

const MIKE: PasswordOwner = {
  email: 'michael.of.the.hills@example.com',
  displayName: 'Michael of the Hills',
};

function policy(minimum = 15) {
  const env = { PASSWORD_MIN: String(minimum) };
  const config = loadConfig([ApiConfig], env).get(ApiConfig) as ApiConfig;
  return new PasswordPolicy(config, new BreachedPasswords(config));
}

/** Where and why the policy refuses, as `path: code`; nothing when it accepts. */
async function refusal(password: string, minimum?: number): Promise<string | undefined> {
  try {
    await policy(minimum).check(password, MIKE);
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
  ])('may be %j: there are no rules of composition', async (password) => {
    expect(await refusal(password)).toBeUndefined();
  });

  it('has at least the configured number of characters', async () => {
    expect(await refusal('x'.repeat(14))).toBe(TOO_SMALL);
    expect(await refusal('x'.repeat(15))).toBeUndefined();
    expect(await refusal('x'.repeat(7), 8)).toBe(TOO_SMALL);
    expect(await refusal('x'.repeat(8), 8)).toBeUndefined();
  });

  it('is counted in characters as a person does, not in UTF-16 units', async () => {
    expect(await refusal('🦊'.repeat(14))).toBe(TOO_SMALL);
    expect(await refusal('🦊'.repeat(15))).toBeUndefined();
  });

  it.each([
    ['the address', MIKE.email],
    ['its local part', 'michael.of.the.hills'],
    ['the display name', MIKE.displayName],
    ['the address in other letters', MIKE.email.toUpperCase()],
    ['the display name in other letters', 'MICHAEL OF THE HILLS'],
  ])('is not %s of the person', async (_what, password) => {
    expect(await refusal(password)).toBe('validation_failed: password password_personal');
  });

  it.each(['qwertyuiop12345', 'PasswordPassword', 'qwertyqwertyqwe', '123456123456123456'])(
    'is not %j, which many people use',
    async (password) => {
      expect(await refusal(password)).toBe('validation_failed: password password_common');
    },
  );

  it('may contain the name of the person', async () => {
    expect(await refusal(`${MIKE.displayName} and the badger`)).toBeUndefined();
  });

  it('is not repeated when it is refused', async () => {
    let message = '';
    try {
      await policy().check('hunter2', MIKE);
    } catch (error) {
      message = JSON.stringify((error as Problem).toBody());
    }

    expect(message).toContain('at least 15 characters');
    expect(message).not.toContain('hunter2');
  });
});
