import { Injectable } from '@nestjs/common';
import { emailChangeRequested } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import {
  deferredKind,
  DeferredRequests,
  type Asker,
} from '../deferred-requests/deferred-requests.js';
import { MailRequests } from '../mail-budgets/mail-requests.js';
import { EmailTakenError } from '../users/email-taken.error.js';
import { isTakenForOthers } from '../users/taken-address.js';
import { contextOf, lockAccount, recipientOf } from './changing-account.js';

/** Somebody with a session and the password wants another address. */
export interface EmailChange {
  readonly userId: string;
  readonly email: string;
  readonly credentialVersion: number;
}

const EMAIL_CHANGE = deferredKind<EmailChange>('email-change');

/** Sends a link to the new address, which decides: until it is used nothing changes. */
@Injectable()
export class RequestEmailChange {
  constructor(
    private readonly database: Database,
    private readonly requests: MailRequests,
    private readonly outbox: Outbox,
    deferred: DeferredRequests,
  ) {
    deferred.handle(EMAIL_CHANGE, (transaction, change, asker) =>
      this.ask(transaction, change, asker),
    );
  }

  /** @throws EmailTakenError */
  async refuseTaken({ userId, email }: EmailChange): Promise<void> {
    if (await isTakenForOthers(this.database, email, userId)) throw new EmailTakenError();
  }

  /** The answer says nothing about the address: it is looked at only afterwards. */
  async accept(change: EmailChange, client: Client): Promise<void> {
    await this.requests.accept(EMAIL_CHANGE, change, client);
  }

  private async ask(
    transaction: Transaction,
    { userId, email, credentialVersion }: EmailChange,
    { requestId, network }: Asker,
  ): Promise<void> {
    const account = await lockAccount(transaction, userId);
    // It has it already, or somebody has set another password since.
    if (!account || account.email === email || account.credential_version !== credentialVersion)
      return;
    // With a private sign-up such a person signs up again.
    if (account.email_verified_at === null) return;
    if (await isTakenForOthers(transaction, email, userId)) return;
    const data = {
      ...recipientOf(account, email),
      credentialVersion,
      emailVersion: account.email_version,
    };
    const event = createEvent(emailChangeRequested, data, contextOf(userId, requestId));
    await this.outbox.append(transaction, event);
    await this.requests.queued(transaction, { email, network });
  }
}
