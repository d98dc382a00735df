import { Module } from '@nestjs/common';
import { EmailWorkerConfig } from './email-worker.config.js';
import { Links } from './links.js';
import { mailHandler } from './mail-handler.js';
import { MailServerBreaker } from './mail-server-breaker.js';
import * as mails from './mails.js';
import { MessageLog } from './message-log.js';
import { OneTimeMailer } from './one-time-mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  controllers: Object.values(mails).map(mailHandler),
  providers: [MailServerBreaker, SmtpMailer, MessageLog, OneTimeMailer, Links],
})
export class EmailWorkerModule {
  static readonly config = EmailWorkerConfig;
}
