import { Module } from '@nestjs/common';
import { EmailWorkerConfig } from './email-worker.config.js';
import { Links } from './links.js';
import { journeyMailHandler } from './journey-mail-handler.js';
import * as journeyMails from './journey-mails.js';
import { mailHandler } from './mail-handler.js';
import { MailServerBreaker } from './mail-server-breaker.js';
import * as mails from './mails.js';
import { MessageLog } from './message-log.js';
import { OneTimeMailer } from './one-time-mailer.js';
import { KeepRecipientHandler } from './recipients/keep-recipient.handler.js';
import { Recipients } from './recipients/recipients.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  controllers: [
    ...Object.values(mails).map(mailHandler),
    ...Object.values(journeyMails).map(journeyMailHandler),
    KeepRecipientHandler,
  ],
  providers: [MailServerBreaker, SmtpMailer, MessageLog, OneTimeMailer, Links, Recipients],
})
export class EmailWorkerModule {
  static readonly config = EmailWorkerConfig;
}
