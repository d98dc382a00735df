import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { ApiConfig } from '../../api.config.js';
import type { Client } from '../../http/client.js';
import { Problem } from '../../http/problem.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from '../users/user.js';
import { Journeys } from '../journeys/journeys.js';
import { AddressTurns } from '../passwords/hash-queue.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { failedLogIns, RateLimits } from '../rate-limits/rate-limits.js';
import { canonicalEmail } from '../users/email-address.js';
import { SessionStore, type NewSession } from './session-store.js';

export interface LoggedIn {
  readonly user: User;
  readonly session: NewSession;
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Begins a session for whoever knows address and password; an unknown address takes as long as a wrong
 * password. With `SIGNUP_MODE=private` the address must have been verified, and no answer tells that it was
 * not. Failures are counted by account and client network together, so that nobody can lock out a person
 * who comes from elsewhere; log-ins that share both come one after the other, so that none slips by the count.
 */
@Injectable()
export class LogIn {
  private readonly turns = new AddressTurns();

  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionStore,
    private readonly journeys: Journeys,
    private readonly limits: RateLimits,
  ) {}

  /** @throws Problem `invalid_credentials`, `rate_limited`, `overloaded` */
  async execute({ email, password }: Credentials, client: Client): Promise<LoggedIn> {
    const address = canonicalEmail(email);
    const attempt = failedLogIns(address ?? email, client);
    const { ofFailedLogIns } = this.limits;
    return this.turns.run(attempt, async () => {
      await ofFailedLogIns.check(attempt);
      const loggedIn = await this.attempt(address, password, client);
      if (!loggedIn) {
        await ofFailedLogIns.count(attempt);
        throw new Problem('invalid_credentials');
      }
      await ofFailedLogIns.forget(attempt);
      return loggedIn;
    });
  }

  private async attempt(
    address: string | undefined,
    password: string,
    client: Client,
  ): Promise<LoggedIn | undefined> {
    const [row] = await this.database.query<
      UserRow & { password_hash: string; credential_version: number }
    >(
      `SELECT ${USER_COLUMNS}, password_hash, credential_version FROM accounts.users WHERE email = $1`,
      [address ?? ''],
    );
    const fits = await this.hasher.verify(row?.password_hash, password);
    if (!row || !fits || !this.isOpen(row)) return undefined;
    const credential = { userId: row.id, credentialVersion: row.credential_version };
    const session = await this.database.transaction(async (transaction) => {
      if (!row.email_verified_at)
        await this.journeys.usedAgain(transaction, row.id, client.requestId);
      return this.sessions.begin(credential, client.userAgent, transaction);
    });
    return session && { user: toUser(row), session };
  }

  private isOpen({ email_verified_at: verifiedAt }: UserRow): boolean {
    return this.config.SIGNUP_MODE === 'instant' || verifiedAt !== null;
  }
}
