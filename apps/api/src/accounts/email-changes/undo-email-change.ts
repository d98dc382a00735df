import { Injectable } from '@nestjs/common';
import { passwordResetRequested, userEmailChanged } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { takenOr } from '../users/email-taken.error.js';
import { contextOf, lockAccount, recipientOf, type ChangingRow } from './changing-account.js';
import { EmailChangeLinks, invalidLink } from './email-change-links.js';

/**
 * Gives an account back to the address that it had, by the link that went there. Somebody else had the account, and so
 * its password: that opens nothing any more, all sessions end, all links die, no later change of the address remains,
 * and a link for a new password goes out. An address that the account had before keeps its own link: the one that is
 * taken back may be a stranger's, too.
 */
@Injectable()
export class UndoEmailChange {
  constructor(
    private readonly links: EmailChangeLinks,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @returns `replayed`: the link has done its work before. @throws Problem `invalid_token`, EmailTakenError */
  async execute(token: string, { requestId }: Client): Promise<{ replayed: boolean }> {
    const { userId, email } = await this.links.read('email-change-undo', token);
    try {
      return await this.database.transaction(async (transaction) => {
        const before = await lockAccount(transaction, userId);
        if (before?.email === email) return { replayed: true };
        const [reserved] = await transaction.query(
          `SELECT 1 FROM accounts.reserved_addresses
            WHERE address = $1 AND user_id = $2 AND until > messaging.now()`,
          [email, userId],
        );
        if (!before || !reserved) throw invalidLink();
        await this.write(transaction, before, email, requestId);
        return { replayed: false };
      });
    } catch (error) {
      throw takenOr(error);
    }
  }

  private async write(
    transaction: Transaction,
    before: ChangingRow,
    email: string,
    requestId: string,
  ): Promise<void> {
    const { id: userId } = before;
    await transaction.query(
      `UPDATE accounts.users
          SET email = $2, email_version = email_version + 1,
              password_hash = $3, credential_version = credential_version + 1, updated_at = now()
        WHERE id = $1`,
      [userId, email, this.hasher.unusableHash],
    );
    await transaction.query(
      `DELETE FROM accounts.reserved_addresses
        WHERE user_id = $1 AND until >= (SELECT until FROM accounts.reserved_addresses WHERE address = $2)`,
      [userId, email],
    );
    for (const table of ['sessions', 'idempotency_keys'])
      await transaction.query(`DELETE FROM accounts.${table} WHERE user_id = $1`, [userId]);
    const context = contextOf(userId, requestId);
    const recipient = recipientOf(before, email);
    const changed = { ...recipient, verified: true, emailVersion: before.email_version + 1 };
    await this.outbox.append(transaction, createEvent(userEmailChanged, changed, context));
    const reset = { ...recipient, credentialVersion: before.credential_version + 1 };
    await this.outbox.append(transaction, createEvent(passwordResetRequested, reset, context));
  }
}
