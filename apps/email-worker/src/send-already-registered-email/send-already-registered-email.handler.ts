import { Controller } from '@nestjs/common';
import { sendAlreadyRegisteredEmail, type userSignUpRepeated } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { Links } from '../links.js';
import { OneTimeMailer } from '../one-time-mailer.js';
import { alreadyRegisteredEmail } from './already-registered-email.template.js';

@Controller()
export class SendAlreadyRegisteredEmailHandler {
  constructor(
    private readonly links: Links,
    private readonly mailer: OneTimeMailer,
  ) {}

  @Subscribe(sendAlreadyRegisteredEmail)
  async handle(event: EventOf<typeof userSignUpRepeated>, delivery: Delivery): Promise<void> {
    const { email, displayName, locale } = event.data;
    const link = await this.links.make('password-reset', event.data, event.time);
    await this.mailer.send(
      { eventId: event.id, correlationId: event.correlationid, template: 'already-registered' },
      { to: email, ...alreadyRegisteredEmail(locale, displayName, link) },
      delivery.signal,
    );
  }
}
