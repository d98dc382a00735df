import { Injectable } from '@nestjs/common';
import { emailVerificationRequested } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { deferredKind, DeferredRequests } from '../deferred-requests/deferred-requests.js';
import { findOwner } from '../users/address-owner.js';
import { OwnerMail } from '../users/owner-mail.js';

export const VERIFICATION_RESEND = deferredKind<{ readonly email: string }>('verification-resend');

/** Has another verification link sent to an address that has an account and is not verified yet. */
@Injectable()
export class ResendVerification {
  constructor(
    private readonly mail: OwnerMail,
    requests: DeferredRequests,
  ) {
    requests.handle(VERIFICATION_RESEND, (transaction, { email }, requestId) =>
      this.run(transaction, email, requestId),
    );
  }

  private async run(transaction: Transaction, email: string, requestId: string): Promise<void> {
    const owner = await findOwner(transaction, email);
    if (!owner || owner.emailVerified) return;
    await this.mail.ask(transaction, emailVerificationRequested, owner, requestId);
  }
}
