import type { CloudEvent } from '../contract/event-envelope.js';
import type { Messaging } from '../contract/messaging.js';
import { EventEmitter } from 'node:events';

/** A transaction that is open, such as a client of `pg` or an EntityManager of TypeORM. */
export interface OutboxTransaction {
  query(sql: string, parameters: unknown[]): Promise<unknown>;
  /** Where it has one, the relay is woken by the commit. */
  afterCommit?(callback: () => void): void;
}

/**
 * Where events are written in the transaction of what they are about; the relay publishes them after it.
 * Nothing is ever published from inside a request.
 */
export class Outbox {
  private readonly emitter = new EventEmitter();

  constructor(private readonly messaging: Messaging) {}

  /** Writes the event in this transaction. One that no consumer takes is not written: nothing would route it. */
  async append(transaction: OutboxTransaction, event: CloudEvent): Promise<void> {
    const consumers = this.messaging.consumersOf(event.type);
    if (consumers.length === 0) return;
    await transaction.query(
      `INSERT INTO ${this.messaging.names.schema}.outbox
              (id, type, source, subject, occurred_at, correlation_id,
               causation_id, traceparent, data, expected_consumers)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        event.id,
        event.type,
        event.source,
        event.subject,
        event.time,
        event.correlationid,
        event.causationid ?? null,
        event.traceparent ?? null,
        JSON.stringify(event.data),
        consumers,
      ],
    );
    transaction.afterCommit?.(() => this.wake());
  }

  /** Says that a transaction that appended is committed; without it the relay looks after about a poll interval. */
  wake(): void {
    this.emitter.emit('committed');
  }

  /** Calls back at each {@link wake}. */
  onCommitted(callback: () => void): void {
    this.emitter.on('committed', callback);
  }
}
