import { Controller, type Type } from '@nestjs/common';
import {
  DependencyUnavailableError,
  Subscribe,
  type Delivery,
  type EventOf,
} from '#libs/messaging';
import type { JourneyMailDefinition } from './define-journey-mail.js';
import type { EventAbout } from './define-mail.js';
import { EmailWorkerConfig } from './email-worker.config.js';
import { Links } from './links.js';
import { OneTimeMailer, originOf } from './one-time-mailer.js';
import { Recipients } from './recipients/recipients.js';
import { renderMail } from './render-mail.js';

/** Makes the handler that sends this mail to those who are still to have it. */
export function journeyMailHandler(mail: JourneyMailDefinition): Type {
  @Controller()
  class JourneyMailHandler {
    constructor(
      private readonly config: EmailWorkerConfig,
      private readonly recipients: Recipients,
      private readonly links: Links,
      private readonly mailer: OneTimeMailer,
    ) {}

    @Subscribe<EventAbout<{ readonly userId: string }>>(mail.on)
    async handle(
      event: EventOf<EventAbout<{ readonly userId: string }>>,
      delivery: Delivery,
    ): Promise<void> {
      const person = await this.recipients.find(event.data.userId);
      if (!person)
        throw new DependencyUnavailableError(
          'no event has said yet what the address of this person is',
        );
      if (!mail.isWanted(person, this.config)) return;
      const issuedAt = event.time;
      const link =
        mail.link === 'account'
          ? this.links.account
          : await this.links.make(mail.link, person, issuedAt);
      const endLink = mail.texts.en.end && (await this.links.unsubscribe(person.userId, issuedAt));
      await this.mailer.send(
        originOf(mail, event, delivery),
        {
          to: person.email,
          ...renderMail(mail, person, link, endLink),
          ...(endLink && { endLink }),
        },
        delivery.signal,
      );
    }
  }
  return JourneyMailHandler;
}
