import { Injectable } from '@nestjs/common';
import { passwordResetRequested } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { findOwner } from '../me/address-owner.js';
import { OwnerMail } from '../me/owner-mail.js';

/** Has the owner of an address sent a link to choose a new password; nobody is told when there is none. */
@Injectable()
export class RequestPasswordReset {
  constructor(private readonly mail: OwnerMail) {}

  async run(transaction: Transaction, email: string, requestId: string): Promise<void> {
    const owner = await findOwner(transaction, email);
    if (owner) await this.mail.ask(transaction, passwordResetRequested, owner, requestId);
  }
}
