import { Controller } from '@nestjs/common';
import { sendWelcomeEmail, type EventOf, type userRegistered } from '#libs/contracts';
import { signLinkToken } from '#libs/link-tokens';
import { Subscribe, type Delivery } from '#libs/messaging';
import { EmailWorkerConfig } from '../email-worker.config.js';
import { OneTimeMailer } from '../one-time-mailer.js';
import { welcomeEmail } from './welcome-email.template.js';

@Controller()
export class SendWelcomeEmailHandler {
  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly mailer: OneTimeMailer,
  ) {}

  @Subscribe(sendWelcomeEmail)
  async handle(event: EventOf<typeof userRegistered>, delivery: Delivery): Promise<void> {
    const { userId, email, displayName, locale } = event.data;
    const { LINK_SIGNING_KEY, PUBLIC_URL } = this.config;
    const registeredAt = new Date(event.time);
    const token = await signLinkToken(
      LINK_SIGNING_KEY,
      'email-verification',
      { userId, email },
      registeredAt,
    );
    const mail = welcomeEmail(locale, displayName, `${PUBLIC_URL}/verify-email#token=${token}`);
    await this.mailer.send(
      { eventId: event.id, template: 'welcome' },
      { to: email, ...mail },
      delivery.signal,
    );
  }
}
