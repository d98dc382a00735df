import { AmqpError } from '../amqp-error.js';
import type { MemoryAlarm } from '../memory-alarm.js';
import type { DeathReason, Message } from '../message.js';
import type { FieldTable } from '../wire/field-table.js';
import { Countdown } from './countdown.js';
import type { QueueOptions } from './queue-options.js';
import { ReadyMessages, type QueuedMessage } from './ready-messages.js';

/** Whoever takes messages from a queue as they come. */
export interface QueueConsumer {
  /** It wants the queue for itself. */
  readonly isExclusive: boolean;
  /** Whether it can take one more now. */
  readonly hasRoom: boolean;
  deliver(item: QueuedMessage): void;
  /** The queue is gone. */
  cancelled(): void;
}

/** How a delivery came back; what failed counts towards the delivery limit. */
export type Return = 'requeued' | 'failed';

/** Of its greatest length; a quorum queue that has refused takes messages again when it holds no more. */
const SOFT_LIMIT = 0.8;

/** What a queue needs from those around it. */
export interface QueueSurroundings {
  readonly memory: MemoryAlarm;
  /** Sends a message that died here to the dead letters, where there are any. */
  readonly bury: (queue: Queue, item: QueuedMessage, reason: DeathReason) => void;
  /** It has outlived its use: the last consumer of an auto-delete queue left, or it was not used in time. */
  readonly discard: (queue: Queue) => void;
}

/** What a message's earlier deliveries add to the next one. */
interface DeliveryHistory {
  readonly redelivered: boolean;
  /** Set on this delivery alone. */
  readonly headers: FieldTable | undefined;
}

/** One queue: what waits, who takes it, and what becomes of the rest. */
export class Queue {
  private readonly ready = new ReadyMessages();
  private consumers: QueueConsumer[] = [];
  private nextConsumer = 0;
  private arrivals = 0;
  private removed = false;
  private full = false;
  private readonly expiry = new Countdown(() => this.serve());
  private readonly disuse = new Countdown(() => this.surroundings.discard(this));

  constructor(
    readonly name: string,
    readonly options: QueueOptions,
    /** The connection that has it for itself. */
    readonly owner: object | undefined,
    private readonly surroundings: QueueSurroundings,
  ) {
    this.used();
  }

  get messageCount(): number {
    return this.ready.count;
  }

  get consumerCount(): number {
    return this.consumers.length;
  }

  /**
   * Whether it would refuse a message that is published now. As in RabbitMQ, a classic queue stops at its greatest
   * length; a quorum queue stops above it, and until it is down to the soft limit.
   */
  get refuses(): boolean {
    const { overflow, maxLength, type } = this.options;
    if (overflow === 'drop-head') return false;
    if (type === 'classic') return this.ready.count >= maxLength;
    this.measure();
    return this.full;
  }

  /** Restarts the time after which a queue without consumers goes (`x-expires`). */
  used(): void {
    const { expiresMs } = this.options;
    this.disuse.stop();
    if (expiresMs !== undefined && this.consumers.length === 0) this.disuse.start(expiresMs);
  }

  add(message: Message): void {
    this.surroundings.memory.take(message.bytes);
    this.dropExpired();
    this.ready.add({
      message,
      position: this.arrivals++,
      expiresAt: this.expiryOf(message),
      returns: 0,
      failures: message.failures,
    });
    // A consumer that is free takes even what expires at once, or is one too many to wait.
    this.hand();
    if (this.options.overflow === 'drop-head')
      while (this.ready.count > this.options.maxLength)
        this.kill(this.ready.takeFirst()!, 'maxlen');
    this.serve();
  }

  /** The oldest, for `basic.get`. */
  take(): QueuedMessage | undefined {
    this.dropExpired();
    const item = this.ready.takeFirst();
    this.serve();
    return item;
  }

  /** Whether a message was delivered before, and what a quorum queue adds to it then. */
  historyOf({ returns, failures }: QueuedMessage): DeliveryHistory {
    if (this.options.type === 'classic') return { redelivered: returns > 0, headers: undefined };
    const acquired = returns || failures;
    if (acquired === 0) return { redelivered: false, headers: undefined };
    const counts: [string, number][] = [['x-acquired-count', acquired]];
    if (failures > 0) counts.push(['x-delivery-count', failures]);
    return { redelivered: true, headers: new Map(counts) };
  }

  /** It was acknowledged, or taken without acknowledgement. */
  settle({ message }: QueuedMessage): void {
    this.surroundings.memory.give(message.bytes);
  }

  /** It was refused. */
  reject(item: QueuedMessage, how: Return): void {
    if (how === 'failed') this.fail(item);
    this.kill(item, 'rejected');
  }

  /** They come back to their old places; those that failed too often are given up. */
  giveBack(items: readonly QueuedMessage[], how: Return): void {
    if (this.removed) {
      for (const item of items) this.settle(item);
      return;
    }
    for (const item of items) {
      item.returns++;
      if (how === 'failed') this.fail(item);
    }
    const isSpent = (item: QueuedMessage) => item.failures > this.options.deliveryLimit;
    this.ready.giveBack(items.filter((item) => !isSpent(item)));
    for (const item of items.filter(isSpent)) this.kill(item, 'delivery_limit');
    this.serve();
  }

  /** @throws AmqpError 403 when one of them wants the queue for itself */
  assertFree({ isExclusive: wantsIt }: QueueConsumer): void {
    if (this.consumers.some(({ isExclusive }) => isExclusive || wantsIt))
      throw new AmqpError('ACCESS_REFUSED', `queue '${this.name}' in vhost '/' in exclusive use`);
  }

  addConsumer(consumer: QueueConsumer): void {
    this.consumers.push(consumer);
    this.used();
    this.serve();
  }

  /** Hands nothing out yet: what the consumer had in hand may have to come back first. */
  removeConsumer(consumer: QueueConsumer): void {
    if (!this.consumers.includes(consumer)) return;
    this.consumers = this.consumers.filter((other) => other !== consumer);
    this.used();
    if (this.options.autoDelete && this.consumers.length === 0) this.surroundings.discard(this);
  }

  /** Hands out what can be handed out; to be called whenever a consumer has room again. */
  serve(): void {
    this.dropExpired();
    this.hand();
    this.dropExpired();
    this.measure();
    const expiresAt = this.ready.first?.expiresAt;
    this.expiry.stop();
    if (expiresAt !== undefined) this.expiry.start(expiresAt - performance.now());
  }

  /** Throws away what is ready, not what is in hand. */
  purge(): number {
    const items = this.ready.clear();
    for (const item of items) this.settle(item);
    this.expiry.stop();
    return items.length;
  }

  /** The end of it; its consumers are told. */
  remove(): number {
    this.removed = true;
    this.disuse.stop();
    const consumers = this.consumers.splice(0);
    for (const consumer of consumers) consumer.cancelled();
    return this.purge();
  }

  /** Round robin over those with room, or to the single active one. */
  private hand(): void {
    while (this.ready.count > 0) {
      const consumer = this.options.singleActiveConsumer
        ? this.consumers.slice(0, 1).find(({ hasRoom }) => hasRoom)
        : this.nextWithRoom();
      if (!consumer) return;
      consumer.deliver(this.ready.takeFirst()!);
    }
  }

  private nextWithRoom(): QueueConsumer | undefined {
    for (let tried = 0; tried < this.consumers.length; tried++) {
      const consumer = this.consumers[this.nextConsumer++ % this.consumers.length]!;
      if (consumer.hasRoom) return consumer;
    }
    return undefined;
  }

  /** Only at the front, as RabbitMQ does: what expires behind it waits for it. */
  private dropExpired(): void {
    for (;;) {
      const expiresAt = this.ready.first?.expiresAt;
      if (expiresAt === undefined || expiresAt > performance.now()) return;
      this.kill(this.ready.takeFirst()!, 'expired');
    }
  }

  private kill(item: QueuedMessage, reason: DeathReason): void {
    this.settle(item);
    if (!this.removed) this.surroundings.bury(this, item, reason);
  }

  /** Only quorum queues count. */
  private fail(item: QueuedMessage): void {
    if (this.options.type === 'quorum') item.failures++;
  }

  private measure(): void {
    const { maxLength } = this.options;
    if (this.ready.count > maxLength) this.full = true;
    else if (this.ready.count <= Math.trunc(maxLength * SOFT_LIMIT)) this.full = false;
  }

  private expiryOf({ properties }: Message): number | undefined {
    const own = properties.expiration === undefined ? Infinity : Number(properties.expiration);
    const ttl = Math.min(own, this.options.messageTtlMs ?? Infinity);
    return ttl === Infinity ? undefined : performance.now() + ttl;
  }
}
