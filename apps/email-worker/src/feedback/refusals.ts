import { Injectable } from '@nestjs/common';
import { mailBounced } from '#libs/contracts';
import { Database } from '#libs/database';
import { countFeedback } from '#libs/mail-feedback';
import { createEvent, Outbox } from '#libs/messaging';
import { MessageLog, type MailKey } from '../message-log.js';
import { Bounces, type Bounce } from './bounces.js';

const SOURCE = 'smtp';

/** A mail that the server refuses in the dialogue counts like one that bounces later, and at once. */
@Injectable()
export class Refusals {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly log: MessageLog,
    private readonly bounces: Bounces,
  ) {}

  async keep(mail: RefusedMail, recipient: string, bounce: Bounce): Promise<void> {
    const { eventId, consumer, userId, correlationId } = mail;
    const { status, diagnostic } = bounce;
    const data = {
      userId,
      email: recipient,
      mailEventId: eventId,
      consumer,
      source: SOURCE,
      bounce: bounce.bounce,
      ...(status && { status }),
      ...(diagnostic && { diagnostic }),
    } as const;
    const context = {
      source: 'email-worker',
      subject: userId,
      correlationId,
      causationId: eventId,
    };
    await this.database.transaction(async (transaction) => {
      await this.log.markNotSent(mail, transaction);
      await this.bounces.bounced(transaction, { eventId, consumer, recipient }, bounce);
      await this.outbox.append(transaction, createEvent(mailBounced, data, context));
    });
    countFeedback(bounce.bounce === 'blocked' ? 'blocked' : 'bounced', SOURCE);
  }
}

type RefusedMail = MailKey & {
  readonly consumer: string;
  readonly userId: string;
  readonly correlationId: string;
};
