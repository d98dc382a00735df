import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { ApiConfig } from '../../api.config.js';
import type { Client } from '../../http/client.js';
import { DeferredRequests, type DeferredKind } from '../deferred-requests/deferred-requests.js';
import { MailBudgets, type StrangersMail } from './mail-budgets.js';

/**
 * Requests for mails, charged to the budgets. With `SIGNUP_MODE=private` a request is charged when it is accepted,
 * whatever becomes of it, so that a budget does not show whether an address has an account. Otherwise the mail is
 * charged when it is queued. No budget keeps such a mail back: the limits of recipients do.
 */
@Injectable()
export class MailRequests {
  private readonly isPrivate: boolean;

  constructor(
    { SIGNUP_MODE }: ApiConfig,
    private readonly database: Database,
    private readonly requests: DeferredRequests,
    private readonly budgets: MailBudgets,
  ) {
    this.isPrivate = SIGNUP_MODE === 'private';
  }

  async accept<Request extends { readonly email: string }>(
    kind: DeferredKind<Request>,
    request: Request,
    client: Client,
  ): Promise<void> {
    if (!this.isPrivate) return this.requests.accept(kind, request, client);
    const mail = { email: request.email, network: client.network };
    await this.database.transaction(async (transaction) => {
      await this.requests.accept(kind, request, client, transaction);
      await this.budgets.charge(transaction, mail, 'anyway');
    });
  }

  /** The last thing in the transaction that queues the mail. */
  async queued(transaction: Transaction, mail: StrangersMail): Promise<void> {
    if (!this.isPrivate) await this.budgets.charge(transaction, mail, 'anyway');
  }
}
