import { Module } from '@nestjs/common';
import { EmailWorkerConfig } from './email-worker.config.js';
import { MessageLog } from './message-log.js';
import { OneTimeMailer } from './one-time-mailer.js';
import { SendWelcomeEmailHandler } from './send-welcome-email/send-welcome-email.handler.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  controllers: [SendWelcomeEmailHandler],
  providers: [SmtpMailer, MessageLog, OneTimeMailer],
})
export class EmailWorkerModule {
  static readonly config = EmailWorkerConfig;
}
