import { EventEmitter } from 'node:events';
import { v7 as uuidv7 } from 'uuid';
import type { CloudEvent } from '../contract/event-envelope.js';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import type { OutboxTransaction } from '../outbox/outbox.js';

/** When an event is to be published, and what it is called until then. */
export interface Schedule {
  /** `<owner>:<what>:<id>`, up to 200 characters; the same key again replaces what was there. */
  readonly key: string;
  /** By the database's clock; in the past it means now. */
  readonly at: Date;
}

const KEY = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*:\S+$/;
const KEY_MAX_CHARACTERS = 200;

/** What is due later than this, a promoter finds in time by itself; what a wake misses, within a second. */
const SOON_MS = 1_000;

/**
 * Events that are to be published later, unless something else happens first: written and cancelled in the
 * transaction of the state that they belong to. A promoter moves what is due to the outbox.
 *
 * A cancel can come after that, and an event can be handled late. So the handler of a scheduled event reads the
 * state that the event depends on, and does nothing when that has moved on; the event itself carries ids only.
 * Several keys of one transaction go in sorted order: otherwise two transactions could wait for each other.
 */
export class ScheduledEvents {
  private readonly emitter = new EventEmitter();

  constructor(private readonly messaging: Messaging) {}

  /**
   * Schedules the event in this transaction; its id and time become those of the moment when it is due. An event
   * that no consumer takes is not written.
   * @throws Error for a key of another form
   */
  async schedule(
    transaction: OutboxTransaction,
    event: CloudEvent,
    { key, at }: Schedule,
  ): Promise<void> {
    if (!KEY.test(key) || key.length > KEY_MAX_CHARACTERS)
      throw new Error(
        `'${key}' is not <owner>:<what>:<id> of ${KEY_MAX_CHARACTERS} characters at most`,
      );
    const consumers = this.messaging.consumersOf(event.type);
    if (consumers.length === 0) return;
    const { schema } = this.messaging.names;
    const idTime = Math.max(at.getTime(), Date.now());
    await transaction.query(
      `INSERT INTO ${schema}.scheduled
              (key, due_at, id, type, source, subject, correlation_id, causation_id, traceparent, data,
               expected_consumers)
       VALUES ($1, greatest($2, ${schema}.now()), $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (key) DO UPDATE
          SET due_at = excluded.due_at, id = excluded.id, type = excluded.type, source = excluded.source,
              subject = excluded.subject, correlation_id = excluded.correlation_id,
              causation_id = excluded.causation_id, traceparent = excluded.traceparent,
              data = excluded.data, expected_consumers = excluded.expected_consumers`,
      [
        key,
        at,
        uuidv7({ msecs: idTime }),
        event.type,
        event.source,
        event.subject,
        event.correlationid,
        event.causationid ?? null,
        event.traceparent ?? null,
        JSON.stringify(event.data),
        consumers,
      ],
    );
    if (at.getTime() < Date.now() + SOON_MS) transaction.afterCommit?.(() => this.wake());
  }

  /** Takes a scheduled event back in this transaction. False: there is none, or it was promoted already. */
  async cancel(transaction: Pick<Sql, 'query'>, key: string): Promise<boolean> {
    const rows = await transaction.query(
      `DELETE FROM ${this.messaging.names.schema}.scheduled WHERE key = $1 RETURNING key`,
      [key],
    );
    return rows.length > 0;
  }

  /** Says that a transaction that scheduled is committed; without it a promoter looks within a second. */
  wake(): void {
    this.emitter.emit('committed');
  }

  /** Calls back at each {@link wake}. */
  onCommitted(callback: () => void): void {
    this.emitter.on('committed', callback);
  }
}
