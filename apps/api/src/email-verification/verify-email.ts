import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { verifyLinkToken } from '#libs/link-tokens';
import { ApiConfig } from '../api.config.js';
import { Problem } from '../http/problem.js';

/** Verifies an address by the link in a mail. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
  ) {}

  /** @throws Problem `invalid_token` */
  async execute(token: string): Promise<void> {
    const claims = await verifyLinkToken(this.config.LINK_SIGNING_KEY, 'email-verification', token);
    if (!claims || !(await this.spend(claims))) throw new Problem('invalid_token');
  }

  /** The address is verified once; that is what spends the token. A changed address makes it worthless. */
  private async spend({ userId, email }: { userId: string; email: string }): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE accounts.users SET email_verified_at = now(), updated_at = now()
        WHERE id = $1 AND email = $2 AND email_verified_at IS NULL RETURNING id`,
      [userId, email],
    );
    return rows.length > 0;
  }
}
