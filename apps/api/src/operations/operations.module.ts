import { Module } from '@nestjs/common';
import { BrokerAccess } from './broker-access.js';
import { DeadLetterDesk } from './dead-letter-desk.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { OperationsController } from './operations.controller.js';
import { Reconciliation } from './reconciliation.js';

/** What operators see and do over HTTP, under `/v1/ops`. */
@Module({
  controllers: [OperationsController, DeadLettersController],
  providers: [BrokerAccess, DeadLetterDesk, Reconciliation],
})
export class OperationsModule {}
