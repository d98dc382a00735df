import { Injectable } from '@nestjs/common';
import { userEmailChanged } from '#libs/contracts';
import { Database } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import { MailRequests } from '../mail-budgets/mail-requests.js';
import { EmailTakenError, takenOr } from '../users/email-taken.error.js';
import { isTakenForOthers } from '../users/taken-address.js';
import { toUser, type User } from '../users/user.js';
import {
  CHANGING_COLUMNS,
  contextOf,
  lockAccount,
  recipientOf,
  type ChangingRow,
} from './changing-account.js';

/**
 * Corrects an address that was not verified yet, at once: it has not been shown to belong to anyone. The links to it
 * die, since they name it, and a new welcome mail goes out.
 */
@Injectable()
export class CorrectEmail {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly requests: MailRequests,
  ) {}

  /**
   * Undefined when the address has been verified, or the password been changed.
   * @throws EmailTakenError
   */
  async execute(
    userId: string,
    email: string,
    credentialVersion: number,
    { requestId, network }: Client,
  ): Promise<User | undefined> {
    const [account] = await this.database.query<{ is_verified: boolean }>(
      'SELECT email_verified_at IS NOT NULL AS is_verified FROM accounts.users WHERE id = $1',
      [userId],
    );
    if (!account || account.is_verified) return undefined;
    try {
      return await this.database.transaction(async (transaction) => {
        const before = await lockAccount(transaction, userId);
        const isOpen =
          before?.email_verified_at === null && before.credential_version === credentialVersion;
        if (!isOpen) return undefined;
        if (before.email === email) return toUser(before);
        if (await isTakenForOthers(transaction, email, userId)) throw new EmailTakenError();
        const event = createEvent(
          userEmailChanged,
          {
            ...recipientOf(before, email),
            verified: false,
            emailVersion: before.email_version + 1,
          },
          contextOf(userId, requestId),
        );
        const [after] = await transaction.query<ChangingRow>(
          `UPDATE accounts.users
              SET email = $2, email_version = email_version + 1, welcome_event_id = $3, updated_at = now()
            WHERE id = $1 RETURNING ${CHANGING_COLUMNS}`,
          [userId, email, event.id],
        );
        await this.outbox.append(transaction, event);
        await this.requests.queued(transaction, { email, network });
        return toUser(after!);
      });
    } catch (error) {
      throw takenOr(error);
    }
  }
}
