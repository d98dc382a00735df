import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { Messaging, MessagingConfig, Reconciler, type ReconciliationReport } from '#libs/messaging';
import { Problem } from '../http/problem.js';
import { BrokerAccess } from './broker-access.js';

/** `unreachable` is absent when everything is known. */
type Report = Omit<ReconciliationReport, 'unreachable'> &
  Partial<Pick<ReconciliationReport, 'unreachable'>>;

/** Looks for what is missing when an operator asks, beside the look that the relay's process has by itself. */
@Injectable()
export class Reconciliation {
  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly broker: BrokerAccess,
    private readonly config: MessagingConfig,
  ) {}

  /** @param fix send again what is missing @throws Problem `operation_busy`, `broker_unavailable` */
  async run(olderThanMs: number, fix: boolean): Promise<Report> {
    await this.broker.requireBroker();
    const { connection, publisher } = this.broker;
    const reconciler = new Reconciler(this.messaging, this.database, connection, publisher, {
      retryDelaysMs: this.config.CONSUMER_RETRY_DELAYS,
      prefetch: this.config.CONSUMER_PREFETCH,
    });
    const report = await reconciler.reconcile(olderThanMs, fix);
    if (!report) throw new Problem('operation_busy', 'Another process is reconciling; try again');
    const { unreachable, ...rest } = report;
    return { ...rest, ...(unreachable.length > 0 && { unreachable }) };
  }
}
