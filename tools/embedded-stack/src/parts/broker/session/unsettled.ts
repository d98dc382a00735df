import { AmqpError } from '../amqp-error.js';
import type { Queue, Return } from '../queues/queue.js';
import type { QueuedMessage } from '../queues/ready-messages.js';

/** A message in the hands of a client. */
export interface Delivered {
  readonly item: QueuedMessage;
  readonly queue: Queue;
  /** Its consumer has room for another. */
  readonly settled: () => void;
}

/** What one channel was given and has not settled, by delivery tag. */
export class Unsettled {
  private readonly byTag = new Map<bigint, Delivered>();
  private lastTag = 0n;

  /** @returns the delivery tag; also of a message that needs no acknowledgement */
  nextTag(): bigint {
    return ++this.lastTag;
  }

  keep(tag: bigint, delivered: Delivered): void {
    this.byTag.set(tag, delivered);
  }

  /**
   * Takes out what a client settles, the oldest first: one tag, or all up to it; 0 with `multiple` is all.
   * @throws AmqpError 406 for a tag that was not given out or is settled already
   */
  take(tag: bigint, multiple: boolean): Delivered[] {
    if (multiple && tag === 0n) return this.takeAll();
    if (!this.byTag.has(tag))
      throw new AmqpError('PRECONDITION_FAILED', `unknown delivery tag ${tag}`);
    const tags = multiple ? this.upTo(tag) : [tag];
    return tags.map((each) => {
      const delivered = this.byTag.get(each)!;
      this.byTag.delete(each);
      return delivered;
    });
  }

  takeAll(): Delivered[] {
    const all = [...this.byTag.values()];
    this.byTag.clear();
    return all;
  }

  private upTo(tag: bigint): bigint[] {
    const tags: bigint[] = [];
    for (const each of this.byTag.keys()) {
      if (each > tag) break;
      tags.push(each);
    }
    return tags;
  }
}

/** Gives each message back to its queue, and then lets the queues go on. */
export function giveBack(all: readonly Delivered[], how: Return): void {
  const byQueue = new Map<Queue, QueuedMessage[]>();
  for (const { item, queue, settled } of all) {
    settled();
    const items = byQueue.get(queue);
    if (items) items.push(item);
    else byQueue.set(queue, [item]);
  }
  for (const [queue, items] of byQueue) queue.giveBack(items, how);
}
