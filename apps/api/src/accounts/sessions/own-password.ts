import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import type { Client } from '../../http/client.js';
import { notFound, Problem } from '../../http/problem.js';
import { AddressTurns } from '../passwords/hash-queue.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { failedLogIns, RateLimits } from '../rate-limits/rate-limits.js';

/** Asks somebody who has a session for the password as well. Failures count like those of a log-in. */
@Injectable()
export class OwnPassword {
  private readonly turns = new AddressTurns();

  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly limits: RateLimits,
  ) {}

  /**
   * Answers with the version of the password, which an effect has to find unchanged.
   * @throws Problem `invalid_credentials`, `rate_limited`, `overloaded`, `not_found`
   */
  async check(userId: string, password: string, client: Client): Promise<number> {
    const [row] = await this.database.query<{
      email: string;
      password_hash: string;
      credential_version: number;
    }>('SELECT email, password_hash, credential_version FROM accounts.users WHERE id = $1', [
      userId,
    ]);
    if (!row) throw notFound();
    const attempt = failedLogIns(row.email, client);
    const { ofFailedLogIns } = this.limits;
    return this.turns.run(attempt, async () => {
      await ofFailedLogIns.check(attempt);
      if (await this.hasher.verify(row.password_hash, password)) return row.credential_version;
      await ofFailedLogIns.count(attempt);
      throw new Problem('invalid_credentials', 'The password is wrong.');
    });
  }
}
