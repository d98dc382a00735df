import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { verifyLinkToken, type LinkClaims } from '#libs/link-tokens';
import { ApiConfig } from '../api.config.js';
import type { Client } from '../http/client.js';
import { Problem } from '../http/problem.js';
import { findOwner, type AddressOwner } from '../me/address-owner.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy } from '../passwords/password-policy.js';
import { failedLogIns, RateLimits } from '../rate-limits/rate-limits.js';

const invalidToken = () => new Problem('invalid_token');

/**
 * Gives an account a new password by the link in a mail. Whoever has the mail has the address, so it
 * counts as verified; whoever had the account before has lost it: all sessions end, and no idempotency key
 * opens another. The credential version in the token is what spends it, and every other one with it.
 */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly limits: RateLimits,
  ) {}

  /** @throws Problem `invalid_token`, `validation_failed`, `overloaded` */
  async execute(token: string, password: string, client: Client): Promise<void> {
    const { LINK_SIGNING_KEY } = this.config;
    const claims = await verifyLinkToken(LINK_SIGNING_KEY, 'password-reset', token);
    if (!claims) throw invalidToken();
    await this.policy.check(password, await this.ownerOf(claims));
    const passwordHash = await this.hasher.hash(password, async () => {
      await this.ownerOf(claims);
    });
    await this.change(claims, passwordHash);
    // Whoever tried their old password in vain may use the new one at once.
    await this.limits.ofFailedLogIns.forget(failedLogIns(claims.email, client));
  }

  /** Who the token was made for, unless it has been spent. */
  private async ownerOf({ userId, email, credentialVersion }: LinkClaims): Promise<AddressOwner> {
    const owner = await findOwner(this.database, email);
    if (owner?.userId !== userId || owner.credentialVersion !== credentialVersion) {
      throw invalidToken();
    }
    return owner;
  }

  private async change(
    { userId, email, credentialVersion }: LinkClaims,
    passwordHash: string,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const changed = await transaction.query(
        `UPDATE accounts.users
            SET password_hash = $4, credential_version = credential_version + 1, updated_at = now(),
                email_verified_at = coalesce(email_verified_at, now())
          WHERE id = $1 AND email = $2 AND credential_version = $3 RETURNING id`,
        [userId, email, credentialVersion, passwordHash],
      );
      if (changed.length === 0) throw invalidToken();
      await transaction.query('DELETE FROM accounts.sessions WHERE user_id = $1', [userId]);
      await transaction.query('DELETE FROM accounts.idempotency_keys WHERE user_id = $1', [userId]);
    });
  }
}
