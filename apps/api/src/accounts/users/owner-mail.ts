import { Injectable, Logger } from '@nestjs/common';
import { createEvent, type EventDefinition, type EventOf, Outbox } from '#libs/messaging';
import type { Transaction } from '#libs/database';
import { Problem } from '../../http/problem.js';
import { mailboxOf } from '../mail-budgets/mailbox.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import type { AddressOwner } from './address-owner.js';

/**
 * Asks for a mail to the owner of an address, because somebody said so who need not be them. The limit is that of the
 * mailbox, however many accounts it has. It takes no mail away from the owner: those that came before carry the same
 * kind of link.
 */
@Injectable()
export class OwnerMail {
  private readonly logger = new Logger(OwnerMail.name);

  constructor(
    private readonly outbox: Outbox,
    private readonly limits: RateLimits,
  ) {}

  /** Answers whether it will be sent. */
  async ask<D extends EventDefinition>(
    transaction: Transaction,
    definition: D,
    owner: AddressOwner & EventOf<D>['data'],
    requestId: string,
  ): Promise<boolean> {
    if (!(await this.isAllowed(`${definition.type} ${mailboxOf(owner.email)}`))) {
      this.logger.warn(`too many mails of ${definition.type} to ${owner.userId}: none is sent`);
      return false;
    }
    const context = { source: 'api', subject: owner.userId, correlationId: requestId };
    await this.outbox.append(transaction, createEvent(definition, owner, context));
    return true;
  }

  private async isAllowed(mail: string): Promise<boolean> {
    try {
      await this.limits.ofRecipients.consume(mail);
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  }
}
