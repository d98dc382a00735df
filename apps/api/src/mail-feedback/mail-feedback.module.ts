import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { FeedbackRecorder, MailIds } from '#libs/mail-feedback';
import { Hints, Outbox } from '#libs/messaging';
import { ApiConfig } from '../api.config.js';
import { ApiReference } from '../openapi/api-reference.js';
import { OpenApiModule } from '../openapi/openapi.module.js';
import { MailFeedbackController, POSTMARK } from './mail-feedback.controller.js';
import { SnsClient } from './sns-client.js';

/** What mail providers say over HTTP of mails that they took from us. */
@Module({
  imports: [OpenApiModule],
  controllers: [MailFeedbackController],
  providers: [
    SnsClient,
    {
      provide: FeedbackRecorder,
      useFactory: (
        { LINK_SIGNING_KEY }: ApiConfig,
        ...rest: [database: Database, outbox: Outbox, hints: Hints]
      ) => new FeedbackRecorder(MailIds.derivedFrom(LINK_SIGNING_KEY), ...rest),
      inject: [ApiConfig, Database, Outbox, Hints],
    },
  ],
})
export class MailFeedbackModule {
  constructor(reference: ApiReference) {
    reference.addSecurityScheme(POSTMARK, { type: 'http', scheme: 'basic' });
  }
}
