import { Injectable } from '@nestjs/common';
import { passwordResetRequested } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { deferredKind, DeferredRequests } from '../deferred-requests/deferred-requests.js';
import { findOwner } from '../users/address-owner.js';
import { OwnerMail } from '../users/owner-mail.js';

export const PASSWORD_RESET = deferredKind<{ readonly email: string }>('password-reset');

/** Asks for a mail with a link to choose a new password, if the address has an account. */
@Injectable()
export class RequestPasswordReset {
  constructor(
    private readonly mail: OwnerMail,
    requests: DeferredRequests,
  ) {
    requests.handle(PASSWORD_RESET, (transaction, { email }, requestId) =>
      this.run(transaction, email, requestId),
    );
  }

  private async run(transaction: Transaction, email: string, requestId: string): Promise<void> {
    const owner = await findOwner(transaction, email);
    if (owner) await this.mail.ask(transaction, passwordResetRequested, owner, requestId);
  }
}
