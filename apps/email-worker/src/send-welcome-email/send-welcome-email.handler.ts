import { Controller } from '@nestjs/common';
import { sendWelcomeEmail, type userRegistered } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { Links } from '../links.js';
import { OneTimeMailer } from '../one-time-mailer.js';
import { welcomeEmail } from './welcome-email.template.js';

@Controller()
export class SendWelcomeEmailHandler {
  constructor(
    private readonly links: Links,
    private readonly mailer: OneTimeMailer,
  ) {}

  @Subscribe(sendWelcomeEmail)
  async handle(event: EventOf<typeof userRegistered>, delivery: Delivery): Promise<void> {
    const { email, displayName, locale } = event.data;
    const link = await this.links.make('email-verification', event.data, event.time);
    await this.mailer.send(
      { eventId: event.id, correlationId: event.correlationid, template: 'welcome' },
      { to: email, ...welcomeEmail(locale, displayName, link) },
      delivery.signal,
    );
  }
}
