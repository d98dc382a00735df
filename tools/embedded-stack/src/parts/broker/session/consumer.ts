import type { Queue, QueueConsumer } from '../queues/queue.js';
import type { QueuedMessage } from '../queues/ready-messages.js';
import type { Line } from './line.js';
import type { Unsettled } from './unsettled.js';

/** The channel that a consumer lives on. */
export interface ConsumerHome {
  readonly number: number;
  readonly line: Line;
  readonly unsettled: Unsettled;
  readonly consumers: Map<string, Consumer>;
}

export interface ConsumerOptions {
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** Messages in hand at most; 0 is no limit. */
  readonly prefetch: number;
}

/** Takes messages from one queue to one channel. */
export class Consumer implements QueueConsumer {
  private inHand = 0;

  constructor(
    readonly tag: string,
    readonly queue: Queue,
    readonly options: ConsumerOptions,
    private readonly home: ConsumerHome,
  ) {}

  get hasRoom(): boolean {
    const { noAck, prefetch } = this.options;
    if (this.home.line.isCongested) return false;
    return noAck || prefetch === 0 || this.inHand < prefetch;
  }

  get isExclusive(): boolean {
    return this.options.exclusive;
  }

  deliver(item: QueuedMessage): void {
    const { line, number, unsettled } = this.home;
    const deliveryTag = unsettled.nextTag();
    if (this.options.noAck) {
      this.queue.settle(item);
    } else {
      this.inHand++;
      unsettled.keep(deliveryTag, { item, queue: this.queue, settled: () => this.inHand-- });
    }
    const { exchange, routingKey } = item.message;
    const { redelivered, headers } = this.queue.historyOf(item);
    const fields = { consumerTag: this.tag, deliveryTag, redelivered, exchange, routingKey };
    line.sendContent(number, 'basic.deliver', fields, item.message, headers);
  }

  cancelled(): void {
    const { line, number, consumers } = this.home;
    consumers.delete(this.tag);
    if (line.hearsOfCancels)
      line.send(number, 'basic.cancel', { consumerTag: this.tag, noWait: true });
  }
}
