import { Injectable } from '@nestjs/common';
import { emailChangeRequested } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import type { Client } from '../../http/client.js';
import { deferredKind, DeferredRequests } from '../deferred-requests/deferred-requests.js';
import { EmailTakenError } from '../users/email-taken.error.js';
import { OwnerMail } from '../users/owner-mail.js';
import { isTakenForOthers } from '../users/taken-address.js';
import { lockAccount, recipientOf } from './changing-account.js';

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
    private readonly requests: DeferredRequests,
    private readonly mail: OwnerMail,
  ) {
    requests.handle(EMAIL_CHANGE, (transaction, change, requestId) =>
      this.ask(transaction, change, requestId),
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
    requestId: string,
  ): Promise<void> {
    const account = await lockAccount(transaction, userId);
    // It has it already, or somebody has set another password since.
    if (!account || account.email === email || account.credential_version !== credentialVersion)
      return;
    if (await isTakenForOthers(transaction, email, userId)) return;
    const owner = {
      ...recipientOf(account, email),
      credentialVersion,
      emailVersion: account.email_version,
      emailVerified: account.email_verified_at !== null,
    };
    await this.mail.ask(transaction, emailChangeRequested, owner, requestId);
  }
}
