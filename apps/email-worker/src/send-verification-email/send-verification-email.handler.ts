import { Controller } from '@nestjs/common';
import { type emailVerificationRequested, sendVerificationEmail } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { Links } from '../links.js';
import { OneTimeMailer } from '../one-time-mailer.js';
import { verificationEmail } from './verification-email.template.js';

@Controller()
export class SendVerificationEmailHandler {
  constructor(
    private readonly links: Links,
    private readonly mailer: OneTimeMailer,
  ) {}

  @Subscribe(sendVerificationEmail)
  async handle(
    event: EventOf<typeof emailVerificationRequested>,
    delivery: Delivery,
  ): Promise<void> {
    const { email, displayName, locale } = event.data;
    const link = await this.links.make('email-verification', event.data, event.time);
    await this.mailer.send(
      { eventId: event.id, correlationId: event.correlationid, template: 'verification' },
      { to: email, ...verificationEmail(locale, displayName, link) },
      delivery.signal,
    );
  }
}
