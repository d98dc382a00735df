import { Controller, type Type } from '@nestjs/common';
import { Subscribe, type Delivery, type EventOf } from '#libs/messaging';
import type { EventAbout, MailDefinition, Recipient } from './define-mail.js';
import { Links } from './links.js';
import { OneTimeMailer, originOf } from './one-time-mailer.js';
import { renderMail } from './render-mail.js';

/** Makes the handler that sends this mail. */
export function mailHandler(mail: MailDefinition): Type {
  @Controller()
  class MailHandler {
    constructor(
      private readonly links: Links,
      private readonly mailer: OneTimeMailer,
    ) {}

    @Subscribe<EventAbout<Recipient>>(mail.on)
    async handle(event: EventOf<EventAbout<Recipient>>, delivery: Delivery): Promise<void> {
      if (mail.isWanted && !mail.isWanted(event.data as never)) return;
      const link = mail.link && (await this.links.make(mail.link, event.data, event.time));
      await this.mailer.send(
        originOf(mail, event, delivery),
        { to: event.data.email, ...renderMail(mail, event.data, link) },
        delivery.signal,
      );
    }
  }
  return MailHandler;
}
