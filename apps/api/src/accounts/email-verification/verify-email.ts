import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { readLinkToken, verifyLinkToken, type LinkClaims } from '#libs/link-tokens';
import { ApiConfig } from '../../api.config.js';
import { Problem } from '../../http/problem.js';
import { findOwner } from '../users/address-owner.js';

/** Verifies an address by the link in a mail. A link that has done its work may be used again: nothing changes. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
  ) {}

  /**
   * @returns `replayed`: the address was verified before, by this link or in another way; then the link may
   * have expired since
   * @throws Problem `invalid_token`
   */
  async execute(token: string): Promise<{ replayed: boolean }> {
    const { LINK_SIGNING_KEY } = this.config;
    const valid = await verifyLinkToken(LINK_SIGNING_KEY, 'email-verification', token);
    if (valid && (await this.verify(valid))) return { replayed: false };
    const former = await readLinkToken(LINK_SIGNING_KEY, 'email-verification', token);
    if (former && (await this.isVerified(former))) return { replayed: true };
    throw new Problem('invalid_token');
  }

  /** False when the address is verified already, or is no longer this person's. */
  private async verify({ userId, email }: LinkClaims): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE accounts.users SET email_verified_at = now(), updated_at = now()
        WHERE id = $1 AND email = $2 AND email_verified_at IS NULL RETURNING id`,
      [userId, email],
    );
    return rows.length > 0;
  }

  private async isVerified({ userId, email }: LinkClaims): Promise<boolean> {
    const owner = await findOwner(this.database, email);
    return owner?.userId === userId && owner.emailVerified;
  }
}
