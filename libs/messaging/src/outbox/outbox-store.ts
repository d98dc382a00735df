import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { EVENT_COLUMNS, type OutboxRow } from './outbox-row.js';

/** What to write back about one event that was claimed. */
export interface RelayResult {
  readonly id: string;
  readonly published: boolean;
  /** Uses up an attempt and backs off; without it the event can be claimed again at once. */
  readonly error?: string;
}

/** The relay's view of the outbox. */
export class OutboxStore {
  constructor(
    private readonly messaging: Messaging,
    private readonly sql: Sql,
  ) {}

  /**
   * Leases up to `limit` unpublished events to `owner`, oldest first. Relays that claim at the same time
   * never share an event and never wait for each other.
   */
  async claim(owner: string, limit: number, leaseMs: number): Promise<OutboxRow[]> {
    const { names } = this.messaging;
    // A limit that the planner does not know makes it read the index in order. With 200 of a few hundred it may sort a
    // bitmap instead, which passes every entry that was published since the last vacuum, at each claim.
    const rows = await this.sql.query<OutboxRow>(
      `UPDATE ${names.schema}.outbox AS o
          SET owner = $1, available_at = due.now + $3 * interval '1 millisecond'
         FROM (SELECT id, (SELECT ${names.schema}.now()) AS now FROM ${names.schema}.outbox
                WHERE published_at IS NULL AND available_at <= (SELECT ${names.schema}.now())
                ORDER BY id LIMIT (SELECT $2::int) FOR UPDATE SKIP LOCKED) AS due
        WHERE o.id = due.id
       RETURNING ${EVENT_COLUMNS}`,
      [owner, limit, leaseMs],
    );
    // RETURNING promises no order; UUIDv7 sorts by time.
    return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Writes a whole batch back in one statement. Events whose lease has passed to another relay meanwhile
   * are left alone; answers how many were written.
   */
  async record(owner: string, results: readonly RelayResult[]): Promise<number> {
    const { names } = this.messaging;
    const rows = await this.sql.query(
      `UPDATE ${names.schema}.outbox AS o
          SET published_at = CASE WHEN s.published THEN now() END,
              attempts = o.attempts + (s.error IS NOT NULL)::int,
              last_error = s.error,
              available_at = CASE WHEN s.error IS NULL THEN now()
                                  ELSE ${names.schema}.now() + least(power(2, least(o.attempts, 6)), 60) * interval '1 second' END,
              owner = NULL
         FROM unnest($2::uuid[], $3::boolean[], $4::text[]) AS s (id, published, error)
        WHERE o.id = s.id AND o.owner = $1
       RETURNING o.id`,
      [
        owner,
        results.map(({ id }) => id),
        results.map(({ published }) => published),
        results.map(({ error }) => error ?? null),
      ],
    );
    return rows.length;
  }
}
