import { Controller } from '@nestjs/common';
import { keepMailFeedback, mailBounced, type mailComplained } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { Bounces } from './bounces.js';

type Bounced = EventOf<typeof mailBounced>['data'];

/** Keeps what became of a mail. */
@Controller()
export class KeepMailFeedbackHandler {
  constructor(private readonly bounces: Bounces) {}

  @Subscribe(keepMailFeedback)
  async handle(
    event: EventOf<typeof mailBounced | typeof mailComplained>,
    delivery: Delivery,
  ): Promise<void> {
    const { mailEventId: eventId, consumer, email: recipient } = event.data;
    const mail = { eventId, consumer, recipient };
    await delivery.inTransaction((transaction) =>
      event.type === mailBounced.type
        ? this.bounces.bounced(transaction, mail, event.data as Bounced)
        : this.bounces.complained(transaction, mail),
    );
  }
}
