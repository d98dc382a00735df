import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';

/** What waits in the outbox. */
export interface OutboxBacklog {
  readonly pending: number;
  readonly oldestAgeSeconds: number;
}

/** Counts the events that are not yet published, and says how long the oldest has waited. */
export async function outboxBacklog({ names }: Messaging, sql: Sql): Promise<OutboxBacklog> {
  const [row] = await sql.query<OutboxBacklog>(
    `SELECT count(*)::int AS pending,
            coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS "oldestAgeSeconds"
       FROM ${names.schema}.outbox WHERE published_at IS NULL`,
  );
  return row!;
}

/** An event that was tried and not published. */
export interface StuckEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly attempts: number;
  readonly lastError: string;
}

/** The oldest of those events that the broker did not take, `limit` at most. */
export async function stuckEvents(
  { names }: Messaging,
  sql: Sql,
  limit: number,
): Promise<StuckEvent[]> {
  return sql.query<StuckEvent>(
    `SELECT id, type, occurred_at AS "occurredAt", attempts, last_error AS "lastError"
       FROM ${names.schema}.outbox WHERE published_at IS NULL AND last_error IS NOT NULL
      ORDER BY id LIMIT $1`,
    [limit],
  );
}
