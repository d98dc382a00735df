import type { Message } from '../message.js';
import { Fifo } from './fifo.js';

/** A message in one queue. */
export interface QueuedMessage {
  readonly message: Message;
  /** Its place in the order of arrival. */
  readonly position: number;
  /** By the monotonic clock, in milliseconds; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Deliveries in this queue that came back. */
  returns: number;
  /** Deliveries that failed, also in the quorum queues that it died in before. */
  failures: number;
}

/** What waits in a queue, in the order of its arrival; what comes back goes to its old place. */
export class ReadyMessages {
  private readonly arrived = new Fifo<QueuedMessage>();
  /** All older than what has only arrived, since messages are taken from the front. */
  private returned: QueuedMessage[] = [];

  get count(): number {
    return this.returned.length + this.arrived.length;
  }

  get first(): QueuedMessage | undefined {
    return this.returned[0] ?? this.arrived.peek();
  }

  add(item: QueuedMessage): void {
    this.arrived.push(item);
  }

  giveBack(items: readonly QueuedMessage[]): void {
    this.returned = [...this.returned, ...items].toSorted((a, b) => a.position - b.position);
  }

  takeFirst(): QueuedMessage | undefined {
    return this.returned.shift() ?? this.arrived.shift();
  }

  clear(): QueuedMessage[] {
    return [...this.returned.splice(0), ...this.arrived.clear()];
  }
}
