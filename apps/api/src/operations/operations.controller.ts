import { Body, Controller, Get, HttpCode, Logger, Post, Query } from '@nestjs/common';
import { Database } from '#libs/database';
import {
  listQueues,
  Messaging,
  MessagingConfig,
  outboxBacklog,
  planTopology,
  scheduledBacklog,
  type ScheduledBacklog,
  stuckEvents,
} from '#libs/messaging';
import { parseDuration, SharedLook } from '#libs/service-defaults';
import { z } from 'zod';
import { FromClient, type Client } from '../http/client.js';
import { Documented } from '../openapi/documented.decorator.js';
import { BrokerAccess } from './broker-access.js';
import { operatorName, whoDidIt } from './operator.js';
import { queueList, outboxStatus, reconciliationReport } from './operations.schema.js';
import { RequiresOpsToken } from './ops-token.guard.js';
import { Reconciliation } from './reconciliation.js';

const olderThan = z
  .string()
  .default('5m')
  .transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({ code: 'custom', message: 'expected a duration such as 5m' });
    return z.NEVER;
  });
const reconcileQuery = z.strictObject({ olderThan });
const reconcileBody = z.strictObject({ olderThan, operator: operatorName });

const COUNTS_MAX_AGE_MS = 1_000;
const STUCK_LENGTH = 20;

@Controller('v1/ops')
@RequiresOpsToken()
export class OperationsController {
  private readonly logger = new Logger(OperationsController.name);
  private readonly counts: SharedLook<object[]>;
  private readonly scheduled: SharedLook<ScheduledBacklog>;

  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly reconciliation: Reconciliation,
    broker: BrokerAccess,
    config: MessagingConfig,
  ) {
    const topology = planTopology(messaging, config.CONSUMER_RETRY_DELAYS);
    this.counts = new SharedLook(COUNTS_MAX_AGE_MS, async () => {
      await broker.requireBroker();
      return listQueues(broker.queues, topology);
    });
    this.scheduled = new SharedLook(COUNTS_MAX_AGE_MS, () => scheduledBacklog(messaging, database));
  }

  @Get('queues')
  @Documented('The queues: what waits, and who reads', { 200: queueList }, 'broker_unavailable')
  async queues() {
    return { items: await this.counts.get() };
  }

  @Get('outbox')
  @Documented('What waits to be published, and what waits until it is due', { 200: outboxStatus })
  async outbox() {
    const [backlog, stuck, scheduled] = await Promise.all([
      outboxBacklog(this.messaging, this.database),
      stuckEvents(this.messaging, this.database, STUCK_LENGTH),
      this.scheduled.get(),
    ]);
    return { ...backlog, stuck, scheduled };
  }

  @Get('reconcile')
  @Documented(
    'Finds deliveries that are missing; only looks',
    { 200: reconciliationReport },
    'validation_failed',
    'operation_busy',
    'broker_unavailable',
  )
  async missing(
    @Query({ schema: reconcileQuery }) { olderThan: ms }: z.output<typeof reconcileQuery>,
  ) {
    return this.reconciliation.run(ms, false);
  }

  @Post('reconcile')
  @HttpCode(200)
  @Documented(
    'Finds deliveries that are missing, and sends them again',
    { 200: reconciliationReport },
    'validation_failed',
    'operation_busy',
    'broker_unavailable',
  )
  async reconcile(
    @Body({ schema: reconcileBody }) { olderThan: ms, operator }: z.output<typeof reconcileBody>,
    @FromClient() client: Client,
  ) {
    const report = await this.reconciliation.run(ms, true);
    this.logger.log({
      msg: 'reconciled by an operator',
      ...whoDidIt(operator, client),
      resent: report.resent,
    });
    return report;
  }
}
