import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { contextOf, inSpan, sleep } from '#libs/service-defaults';
import { DeferredRequests } from './deferred-requests.js';

interface DeferredRow {
  id: string;
  /** `network` is missing where the version before wrote it. */
  request: { kind: string; network?: string };
  request_id: string;
  traceparent: string | null;
  attempts: number;
}

const POLL_INTERVAL_MS = 1_000;
/** After a failure; it doubles with each, ten times at most. */
const FIRST_PAUSE_SECONDS = 1;
const MAX_DOUBLINGS = 10;

/**
 * Runs what was deferred, one at a time in each instance and in one transaction with its effect, so that
 * each happens once. Woken in memory; a jittered poll covers the rest. What fails is tried again, and holds
 * up no other.
 */
@Injectable()
export class DeferredRequestRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DeferredRequestRunner.name);
  private readonly stopping = new AbortController();
  private wake = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly requests: DeferredRequests,
  ) {}

  onApplicationBootstrap(): void {
    this.requests.onAccepted(() => this.wake.abort('woken'));
    this.running = this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.wake = new AbortController();
      if (await this.runNext()) continue;
      const jittered = POLL_INTERVAL_MS * (0.75 + Math.random() / 2);
      await sleep(jittered, AbortSignal.any([signal, this.wake.signal]));
    }
  }

  /** Answers whether there may be another one. */
  private async runNext(): Promise<boolean> {
    let row: DeferredRow | undefined;
    try {
      await this.database.transaction(async (transaction) => {
        row = await takeNext(transaction);
        if (row) await this.handleTraced(transaction, row);
      });
    } catch (error) {
      const { message } = error as Error;
      const what = row ? `the deferred ${row.request.kind} ${row.id}` : 'taking a deferred request';
      this.logger.warn(`${what} failed: ${message}; it is tried again`);
      await this.postpone(row);
    }
    return row !== undefined;
  }

  /** In the trace of the request, which was answered long ago. */
  private handleTraced(
    transaction: Transaction,
    { request, request_id: requestId, traceparent }: DeferredRow,
  ): Promise<void> {
    const handle = this.requests.handlerOf(request.kind);
    return inSpan(
      `deferred ${request.kind}`,
      {},
      () => handle(transaction, request, { requestId, network: request.network ?? '' }),
      contextOf(traceparent),
    );
  }

  private async postpone(row: DeferredRow | undefined): Promise<void> {
    if (!row) return;
    const seconds = FIRST_PAUSE_SECONDS * 2 ** Math.min(row.attempts, MAX_DOUBLINGS);
    await this.database
      .query(
        `UPDATE accounts.deferred_requests
            SET attempts = attempts + 1, due_at = messaging.now() + $2 * interval '1 second' WHERE id = $1`,
        [row.id, seconds],
      )
      // The database is away; then nothing was taken either.
      .catch((error: Error) => this.logger.warn(error.message));
  }
}

async function takeNext(transaction: Transaction): Promise<DeferredRow | undefined> {
  const [row] = await transaction.query<DeferredRow>(
    `DELETE FROM accounts.deferred_requests WHERE id =
       (SELECT id FROM accounts.deferred_requests WHERE due_at <= (SELECT messaging.now())
         ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, request, request_id, traceparent, attempts`,
  );
  return row;
}
