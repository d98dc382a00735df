import { Injectable } from '@nestjs/common';
import { emailVerificationRequested } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { findOwner } from '../me/address-owner.js';
import { OwnerMail } from '../me/owner-mail.js';

/** Has another verification link sent to an address that has an account and is not verified yet. */
@Injectable()
export class ResendVerification {
  constructor(private readonly mail: OwnerMail) {}

  async run(transaction: Transaction, email: string, requestId: string): Promise<void> {
    const owner = await findOwner(transaction, email);
    if (!owner || owner.emailVerified) return;
    await this.mail.ask(transaction, emailVerificationRequested, owner, requestId);
  }
}
