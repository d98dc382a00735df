import { Logger } from '@nestjs/common';
import { sleep } from '#libs/service-defaults';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { EVENT_COLUMNS, toEvent, type OutboxRow } from '../outbox/outbox-row.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { resend } from '../sending/resend.js';

/** How long it sleeps at most: so late is an event that another process postponed to now. */
const LONGEST_SLEEP_MS = 1_000;
const BATCH_SIZE = 200;
/** Whoever has taken a batch sends it within this time, or another process takes it over. */
const LEASE = `interval '1 minute'`;

type PostponedRow = OutboxRow & {
  readonly consumer: string;
  readonly delivery_attempts: number;
  readonly leased_until: string;
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
    if (!this.publisher.isReady) return LONGEST_SLEEP_MS;
    try {
      const rows = await this.take();
      if (rows.length === 0) return await this.untilNext();
      const outcomes = await Promise.all(rows.map((row) => this.send(row)));
      const sent = rows.filter((_, nth) => outcomes[nth]);
      await this.forget(sent);
      return sent.length < rows.length ? LONGEST_SLEEP_MS : 0;
    } catch (error) {
      this.logger.warn(
        `postponed events could not be sent: ${(error as Error).message}; trying again`,
      );
      return LONGEST_SLEEP_MS;
    }
  }

  private take(): Promise<PostponedRow[]> {
    const { schema } = this.messaging.names;
    return this.sql.query<PostponedRow>(
      `WITH clock AS MATERIALIZED (SELECT ${schema}.now() AS now),
       due AS (
         SELECT d.consumer, d.event_id FROM ${schema}.deliveries AS d
          WHERE d.postponed_until <= (SELECT now FROM clock)
            AND EXISTS (SELECT FROM ${schema}.outbox WHERE id = d.event_id)
          ORDER BY d.postponed_until LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE ${schema}.deliveries AS d SET postponed_until = clock.now + ${LEASE}
         FROM due, clock, ${schema}.outbox AS o
        WHERE d.consumer = due.consumer AND d.event_id = due.event_id AND o.id = d.event_id
       RETURNING ${EVENT_COLUMNS}, d.consumer, d.attempts AS delivery_attempts,
                 d.postponed_until::text AS leased_until`,
      [BATCH_SIZE],
    );
  }

  private async send(row: PostponedRow): Promise<boolean> {
    const event = toEvent(this.messaging.names, row);
    const past = { failedAttempts: row.delivery_attempts, promoted: row.promoted };
    return (await this.publisher.publish(resend(event, row.consumer, past))) === 'confirmed';
  }

  /** Unless its handler has been faster, and has ended it or postponed it anew. */
  private async forget(rows: readonly PostponedRow[]): Promise<void> {
    await this.sql.query(
      `UPDATE ${this.messaging.names.schema}.deliveries AS d SET postponed_until = NULL
         FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS s (consumer, event_id, leased_until)
        WHERE d.consumer = s.consumer AND d.event_id = s.event_id AND d.postponed_until = s.leased_until`,
      [
        rows.map(({ consumer }) => consumer),
        rows.map(({ id }) => id),
        rows.map(({ leased_until: until }) => until),
      ],
    );
  }

  private async untilNext(): Promise<number> {
    const { schema } = this.messaging.names;
    const [row] = await this.sql.query<{ ms: number | null }>(
      `SELECT ceil(extract(epoch FROM min(postponed_until) - ${schema}.now()) * 1000)::float8 AS ms
         FROM ${schema}.deliveries WHERE postponed_until IS NOT NULL`,
    );
    const ms = row?.ms;
    // One that is due and cannot be taken is another process's, or no longer in the outbox.
    return ms === null || ms === undefined || ms <= 0
      ? LONGEST_SLEEP_MS
      : Math.min(ms, LONGEST_SLEEP_MS);
  }
}
