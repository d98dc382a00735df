import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import type { Client } from '../http/client.js';
import { Problem } from '../http/problem.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from '../me/user.js';
import { canonicalEmail } from '../signups/email-address.js';
import { PasswordHasher } from '../signups/password-hasher.js';
import { SessionStore, type NewSession } from './session-store.js';

/** Begins a session for whoever knows address and password; an unknown address takes as long as a wrong password. */
@Injectable()
export class LogIn {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionStore,
  ) {}

  /** @throws Problem `invalid_credentials`, `overloaded` */
  async execute(
    { email, password }: { email: string; password: string },
    client: Client,
  ): Promise<{ user: User; session: NewSession }> {
    const [row] = await this.database.query<UserRow & { password_hash: string }>(
      `SELECT ${USER_COLUMNS}, password_hash FROM accounts.users WHERE email = $1`,
      [canonicalEmail(email) ?? ''],
    );
    const fits = await this.hasher.verify(row?.password_hash, password);
    if (!row || !fits) throw new Problem('invalid_credentials');
    return { user: toUser(row), session: await this.sessions.begin(row.id, client.userAgent) };
  }
}
