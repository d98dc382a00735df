import { Injectable } from '@nestjs/common';
import { ApiConfig } from '../../api.config.js';
import { Problem } from '../../http/problem.js';
import { BreachedPasswords } from './breached-passwords.js';
import { isCommon } from './common-passwords.js';

/** What a password must not be equal to, whatever its length. */
export interface PasswordOwner {
  readonly email: string;
  readonly displayName: string;
}

/**
 * What a new password must fulfil: length, not the person's own name or address, not a common one, not
 * one of a known breach (NIST SP 800-63B-4, section 3.1.1.2). No rules of composition.
 */
@Injectable()
export class PasswordPolicy {
  constructor(
    private readonly config: ApiConfig,
    private readonly breached: BreachedPasswords,
  ) {}

  /** @throws Problem `validation_failed` at `password` */
  async check(password: string, owner: PasswordOwner): Promise<void> {
    const minimum = this.config.PASSWORD_MIN;
    // Counted in code points, not in UTF-16 units.
    if (Array.from(password).length < minimum)
      throw refused('too_small', `must have at least ${minimum} characters`);
    if (isPersonal(password, owner))
      throw refused('password_personal', 'must not be your name or e-mail address');
    if (isCommon(password)) throw refused('password_common', 'is one that many people use');
    if (await this.breached.has(password))
      throw refused('password_breached', 'is known from a data breach');
  }
}

function isPersonal(password: string, { email, displayName }: PasswordOwner): boolean {
  const own = [email, email.slice(0, email.lastIndexOf('@')), displayName];
  return own.some((text) => text.toLowerCase() === password.toLowerCase());
}

const refused = (code: string, message: string) =>
  new Problem('validation_failed', undefined, { errors: [{ path: 'password', code, message }] });
