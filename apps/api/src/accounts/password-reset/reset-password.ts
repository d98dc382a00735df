import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { readLinkToken, verifyLinkToken, type LinkClaims } from '#libs/link-tokens';
import { currentTime, Messaging } from '#libs/messaging';
import { ApiConfig } from '../../api.config.js';
import type { Client } from '../../http/client.js';
import { Problem } from '../../http/problem.js';
import { AddressVerified } from '../email-verification/address-verified.js';
import { findOwner, type AddressOwner } from '../users/address-owner.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy } from '../passwords/password-policy.js';
import { failedLogIns, RateLimits } from '../rate-limits/rate-limits.js';

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
    private readonly messaging: Messaging,
    private readonly address: AddressVerified,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly limits: RateLimits,
  ) {}

  /** @throws Problem `invalid_token`, `token_used`, `validation_failed`, `overloaded` */
  async execute(token: string, password: string, client: Client): Promise<void> {
    const claims = await this.claimsOf(token);
    await this.policy.check(password, await this.ownerOf(claims));
    const passwordHash = await this.hasher.hash(password, async () => {
      await this.ownerOf(claims);
    });
    await this.change(claims, passwordHash, client.requestId);
    // Whoever tried their old password in vain may use the new one at once.
    await this.limits.ofFailedLogIns.forget(failedLogIns(claims.email, client));
  }

  /** What a token says that has not expired. One that was used is called so even when it has. */
  private async claimsOf(token: string): Promise<LinkClaims> {
    const { LINK_SIGNING_KEY } = this.config;
    const now = () => currentTime(this.messaging, this.database);
    const claims = await verifyLinkToken(LINK_SIGNING_KEY, 'password-reset', token, now);
    if (claims) return claims;
    const expired = await readLinkToken(LINK_SIGNING_KEY, 'password-reset', token);
    if (expired) await this.ownerOf(expired);
    throw new Problem('invalid_token');
  }

  /** Who the token was made for, unless it has been spent. */
  private async ownerOf({ userId, email, credentialVersion }: LinkClaims): Promise<AddressOwner> {
    const owner = await findOwner(this.database, email);
    if (owner?.userId !== userId || credentialVersion === undefined) {
      throw new Problem('invalid_token');
    }
    if (credentialVersion < owner.credentialVersion) throw new Problem('token_used');
    if (credentialVersion > owner.credentialVersion) throw new Problem('invalid_token');
    return owner;
  }

  private async change(
    { userId, email, credentialVersion }: LinkClaims,
    passwordHash: string,
    requestId: string,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const changed = await transaction.query(
        `UPDATE accounts.users
            SET password_hash = $4, credential_version = credential_version + 1, updated_at = now()
          WHERE id = $1 AND email = $2 AND credential_version = $3 RETURNING id`,
        [userId, email, credentialVersion, passwordHash],
      );
      // Another link was faster since the look at its owner.
      if (changed.length === 0) throw new Problem('token_used');
      await this.address.write(transaction, { userId, email }, requestId);
      await transaction.query('DELETE FROM accounts.sessions WHERE user_id = $1', [userId]);
      await transaction.query('DELETE FROM accounts.idempotency_keys WHERE user_id = $1', [userId]);
    });
  }
}
