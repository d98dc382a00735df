import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { FeedbackRecorder, MailIds } from '#libs/mail-feedback';
import { Hints, Outbox } from '#libs/messaging';
import { EmailWorkerConfig } from './email-worker.config.js';
import { BounceServer } from './feedback/bounce-server.js';
import { Bounces } from './feedback/bounces.js';
import { KeepMailFeedbackHandler } from './feedback/keep-mail-feedback.handler.js';
import { MarkMails } from './feedback/mark-mails.js';
import { Refusals } from './feedback/refusals.js';
import { ReportIntake } from './feedback/report-intake.js';
import { Links } from './links.js';
import { journeyMailHandler } from './journey-mail-handler.js';
import * as journeyMails from './journey-mails.js';
import { mailHandler } from './mail-handler.js';
import { MailServerBreaker } from './mail-server-breaker.js';
import * as mails from './mails.js';
import { MessageLog } from './message-log.js';
import { OneTimeMailer } from './one-time-mailer.js';
import { MailRate } from './rate/mail-rate.js';
import { KeepRecipientHandler } from './recipients/keep-recipient.handler.js';
import { Recipients } from './recipients/recipients.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  controllers: [
    ...Object.values(mails).map(mailHandler),
    ...Object.values(journeyMails).map(journeyMailHandler),
    KeepRecipientHandler,
    KeepMailFeedbackHandler,
  ],
  providers: [
    MailServerBreaker,
    SmtpMailer,
    MessageLog,
    OneTimeMailer,
    MailRate,
    Links,
    Recipients,
    Bounces,
    Refusals,
    MarkMails,
    ReportIntake,
    BounceServer,
    {
      provide: MailIds,
      useFactory: ({ LINK_SIGNING_KEY }: EmailWorkerConfig) =>
        MailIds.derivedFrom(LINK_SIGNING_KEY),
      inject: [EmailWorkerConfig],
    },
    {
      provide: FeedbackRecorder,
      useFactory: (...parts: ConstructorParameters<typeof FeedbackRecorder>) =>
        new FeedbackRecorder(...parts),
      inject: [MailIds, Database, Outbox, Hints],
    },
  ],
})
export class EmailWorkerModule {
  static readonly config = EmailWorkerConfig;
}
