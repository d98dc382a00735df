import { Injectable } from '@nestjs/common';
import { ApiConfig } from '../api.config.js';
import { Problem } from '../http/problem.js';

/** What a password must not be equal to, whatever its length. */
export interface PasswordOwner {
  readonly email: string;
  readonly displayName: string;
}

/** Length, and not the person's own name or address (NIST SP 800-63B-4, section 3.1.1.2). No composition rules. */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly config: ApiConfig) {}

  /** @throws Problem `validation_failed` at `password` */
  check(password: string, { email, displayName }: PasswordOwner): void {
    const minimum = this.config.PASSWORD_MIN;
    // Counted in code points, not in UTF-16 units.
    if (Array.from(password).length < minimum)
      throw refused('too_small', `must have at least ${minimum} characters`);
    const own = [email, email.slice(0, email.lastIndexOf('@')), displayName].map((text) =>
      text.toLowerCase(),
    );
    if (own.includes(password.toLowerCase())) {
      throw refused('password_personal', 'must not be your name or e-mail address');
    }
  }
}

const refused = (code: string, message: string) =>
  new Problem('validation_failed', undefined, { errors: [{ path: 'password', code, message }] });
