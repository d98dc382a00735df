import { Controller } from '@nestjs/common';
import { type passwordResetRequested, sendPasswordResetEmail } from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';
import { Links } from '../links.js';
import { OneTimeMailer } from '../one-time-mailer.js';
import { passwordResetEmail } from './password-reset-email.template.js';

@Controller()
export class SendPasswordResetEmailHandler {
  constructor(
    private readonly links: Links,
    private readonly mailer: OneTimeMailer,
  ) {}

  @Subscribe(sendPasswordResetEmail)
  async handle(event: EventOf<typeof passwordResetRequested>, delivery: Delivery): Promise<void> {
    const { email, displayName, locale } = event.data;
    const link = await this.links.make('password-reset', event.data, event.time);
    await this.mailer.send(
      { eventId: event.id, correlationId: event.correlationid, template: 'password-reset' },
      { to: email, ...passwordResetEmail(locale, displayName, link) },
      delivery.signal,
    );
  }
}
