import { Injectable } from '@nestjs/common';
import { emailChangeConfirmed, userEmailChanged } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import type { LinkClaims } from '#libs/link-tokens';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import { EmailTakenError, takenOr } from '../users/email-taken.error.js';
import { isTakenForOthers } from '../users/taken-address.js';
import { contextOf, lockAccount, recipientOf, type ChangingRow } from './changing-account.js';
import { EmailChangeLinks, invalidLink } from './email-change-links.js';

/** How long the old address may take the account back. */
const RESERVED_FOR = `interval '7 days'`;

/** Gives an account its new address, by the link that went there. The old one is reserved, and gets a link as well. */
@Injectable()
export class ConfirmEmailChange {
  constructor(
    private readonly links: EmailChangeLinks,
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** @returns `replayed`: the link has done its work before. @throws Problem `invalid_token`, EmailTakenError */
  async execute(token: string, { requestId }: Client): Promise<{ replayed: boolean }> {
    const claims = await this.links.read('email-change', token);
    try {
      return await this.database.transaction(async (transaction) => {
        const before = await lockAccount(transaction, claims.userId);
        if (before?.email === claims.email) return { replayed: true };
        const isOpen =
          before?.email_version === claims.emailVersion &&
          before?.credential_version === claims.credentialVersion;
        if (!before || !isOpen) throw invalidLink();
        if (await isTakenForOthers(transaction, claims.email, before.id))
          throw new EmailTakenError();
        await this.write(transaction, before, claims, requestId);
        return { replayed: false };
      });
    } catch (error) {
      throw takenOr(error);
    }
  }

  private async write(
    transaction: Transaction,
    before: ChangingRow,
    { email }: LinkClaims,
    requestId: string,
  ): Promise<void> {
    const { id: userId } = before;
    await transaction.query(
      `UPDATE accounts.users
          SET email = $2, email_version = email_version + 1, updated_at = now()
        WHERE id = $1`,
      [userId, email],
    );
    await transaction.query('DELETE FROM accounts.reserved_addresses WHERE address = $1', [email]);
    await transaction.query(
      `INSERT INTO accounts.reserved_addresses (address, user_id, until)
       VALUES ($1, $2, messaging.now() + ${RESERVED_FOR})
       ON CONFLICT (address) DO UPDATE SET user_id = excluded.user_id, until = excluded.until`,
      [before.email, userId],
    );
    const context = contextOf(userId, requestId);
    const changed = {
      ...recipientOf(before, email),
      verified: true,
      emailVersion: before.email_version + 1,
    };
    await this.outbox.append(transaction, createEvent(userEmailChanged, changed, context));
    const left = createEvent(emailChangeConfirmed, recipientOf(before, before.email), context);
    await this.outbox.append(transaction, left);
  }
}
