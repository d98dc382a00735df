import { consumersOf } from '#libs/contracts';
import type { CloudEvent } from '../contract/event-envelope.js';
import type { Transaction } from '#libs/database';
import { EventEmitter } from 'node:events';

/**
 * Where events are written in the transaction of what they tell of; the relay publishes them after it.
 * Nothing is ever published from inside a request.
 */
export class Outbox {
  private readonly emitter = new EventEmitter();

  /** Writes the event in this transaction and wakes the relay when it commits. */
  async append(transaction: Transaction, event: CloudEvent): Promise<void> {
    await transaction.query(
      `INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id,
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
        consumersOf(event.type),
      ],
    );
    transaction.afterCommit(() => this.emitter.emit('committed'));
  }

  /** Calls back after every commit that appended an event in this process. */
  onCommitted(callback: () => void): void {
    this.emitter.on('committed', callback);
  }
}
