import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApiConfig } from './api.config.js';
import { AsyncApiController } from './asyncapi/asyncapi.controller.js';
import { FollowUpsModule } from './follow-ups/follow-ups.module.js';
import { HealthController } from './health/health.controller.js';
import { ProblemDetailsFilter } from './http/problem-details.filter.js';
import { schemaValidationPipe } from './http/schema-validation.pipe.js';
import { MailFeedbackModule } from './mail-feedback/mail-feedback.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PageModule } from './page/page.module.js';
import { Upkeep } from './upkeep/upkeep.js';

@Module({
  imports: [
    AccountsModule,
    FollowUpsModule,
    OperationsModule,
    MailFeedbackModule,
    OpenApiModule,
    PageModule,
  ],
  controllers: [HealthController, AsyncApiController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemDetailsFilter },
    { provide: APP_PIPE, useValue: schemaValidationPipe },
    Upkeep,
  ],
})
export class ApiModule {
  static readonly config = ApiConfig;
}
