import { Module } from '@nestjs/common';
import { ApiReference } from '../openapi/api-reference.js';
import { OpenApiModule } from '../openapi/openapi.module.js';
import { BrokerAccess } from './broker-access.js';
import { DeadLetterDesk } from './dead-letter-desk.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { OperationsController } from './operations.controller.js';
import { OPERATIONS_TOKEN } from './ops-token.guard.js';
import { Reconciliation } from './reconciliation.js';

/** What operators see and do over HTTP, under `/v1/ops`. */
@Module({
  imports: [OpenApiModule],
  controllers: [OperationsController, DeadLettersController],
  providers: [BrokerAccess, DeadLetterDesk, Reconciliation],
})
export class OperationsModule {
  constructor(reference: ApiReference) {
    reference.addSecurityScheme(OPERATIONS_TOKEN, { type: 'http', scheme: 'bearer' });
  }
}
