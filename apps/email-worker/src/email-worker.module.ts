import { Module } from '@nestjs/common';
import { EmailWorkerConfig } from './email-worker.config.js';
import { Links } from './links.js';
import { MailServerBreaker } from './mail-server-breaker.js';
import { MessageLog } from './message-log.js';
import { OneTimeMailer } from './one-time-mailer.js';
import { SendAlreadyRegisteredEmailHandler } from './send-already-registered-email/send-already-registered-email.handler.js';
import { SendPasswordResetEmailHandler } from './send-password-reset-email/send-password-reset-email.handler.js';
import { SendVerificationEmailHandler } from './send-verification-email/send-verification-email.handler.js';
import { SendWelcomeEmailHandler } from './send-welcome-email/send-welcome-email.handler.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  controllers: [
    SendWelcomeEmailHandler,
    SendAlreadyRegisteredEmailHandler,
    SendVerificationEmailHandler,
    SendPasswordResetEmailHandler,
  ],
  providers: [MailServerBreaker, SmtpMailer, MessageLog, OneTimeMailer, Links],
})
export class EmailWorkerModule {
  static readonly config = EmailWorkerConfig;
}
