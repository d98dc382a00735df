import { Logger } from '@nestjs/common';
import { sleep } from '#libs/service-defaults';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { EVENT_COLUMNS, toEvent, type OutboxRow } from '../outbox/outbox-row.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { resend } from '../sending/resend.js';

/** Between two looks, and so late at most is an event. */
const LOOK_MS = 1_000;
const BATCH_SIZE = 200;
/** Whoever has taken a batch sends it within this time, or another process takes it over. */
const LEASE = `interval '1 minute'`;

type PostponedRow = OutboxRow & {
  readonly consumer: string;
  readonly leased_until: string;
  readonly failed_attempts: number;
  readonly first_failed_at: Date | null;
  readonly replays: number;
};

/**
 * Sends events again to exactly the consumers whose handlers wanted them later (`PostponedError`), when the time has
 * come by the database's clock. Any number of processes may: each takes rows that no other has, and a copy too many is
 * harmless, since the ledger decides.
 */
export class PostponedDeliveries {
  private readonly logger = new Logger(PostponedDeliveries.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly messaging: Messaging,
    private readonly sql: Sql,
    private readonly publisher: ConfirmPublisher,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) await sleep(await this.sendDue(), signal);
  }

  /** Answers for how long there is nothing to do. */
  private async sendDue(): Promise<number> {
    if (!this.publisher.isReady) return LOOK_MS;
    try {
      const rows = await this.take();
      if (rows.length === 0) return LOOK_MS;
      const outcomes = await Promise.all(rows.map((row) => this.send(row)));
      const sent = rows.filter((_, nth) => outcomes[nth]);
      await this.forget(sent);
      return sent.length < rows.length ? LOOK_MS : 0;
    } catch (error) {
      this.logger.warn(
        `postponed events could not be sent: ${(error as Error).message}; trying again`,
      );
      return LOOK_MS;
    }
  }

  private take(): Promise<PostponedRow[]> {
    const { schema } = this.messaging.names;
    return this.sql.query<PostponedRow>(
      `WITH clock AS MATERIALIZED (SELECT ${schema}.now() AS now),
       due AS (
         SELECT p.consumer, p.event_id FROM ${schema}.postponed AS p
          WHERE p.until <= (SELECT now FROM clock) AND EXISTS (SELECT FROM ${schema}.outbox WHERE id = p.event_id)
          ORDER BY p.until LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE ${schema}.postponed AS p SET until = clock.now + ${LEASE}
         FROM due, clock, ${schema}.outbox AS o
        WHERE p.consumer = due.consumer AND p.event_id = due.event_id AND o.id = p.event_id
       RETURNING ${EVENT_COLUMNS}, p.consumer, p.until::text AS leased_until,
                 p.attempts AS failed_attempts, p.replays,
                 -- The time in which it only waited does not count. Headers go by the clock of processes.
                 CASE WHEN p.failing_ms > 0
                      THEN clock_timestamp() - p.failing_ms * interval '1 millisecond' END AS first_failed_at`,
      [BATCH_SIZE],
    );
  }

  private async send(row: PostponedRow): Promise<boolean> {
    const event = toEvent(this.messaging.names, row);
    const past = {
      failedAttempts: row.failed_attempts,
      replayCount: row.replays,
      promoted: row.promoted,
      ...(row.first_failed_at && { firstFailedAt: row.first_failed_at }),
    };
    return (await this.publisher.publish(resend(event, row.consumer, past))) === 'confirmed';
  }

  /** Unless its handler has been faster and has postponed it once more. */
  private async forget(rows: readonly PostponedRow[]): Promise<void> {
    await this.sql.query(
      `DELETE FROM ${this.messaging.names.schema}.postponed AS p
        USING unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS s (consumer, event_id, leased_until)
        WHERE p.consumer = s.consumer AND p.event_id = s.event_id AND p.until = s.leased_until`,
      [
        rows.map(({ consumer }) => consumer),
        rows.map(({ id }) => id),
        rows.map(({ leased_until: until }) => until),
      ],
    );
  }
}
