import { randomBytes } from 'node:crypto';
import { AmqpError } from './amqp-error.js';
import type { MemoryAlarm } from './memory-alarm.js';
import type { DeathReason, Message } from './message.js';
import { deadLetter, goesRound, type Dead } from './queues/deaths.js';
import { difference, queueOptions, type QueueProperties } from './queues/queue-options.js';
import { Queue } from './queues/queue.js';
import { ReplyAddresses } from './reply-addresses.js';
import { Exchange } from './routing/exchange.js';
import { Exchanges } from './routing/exchanges.js';
import type { FieldTable } from './wire/field-table.js';

/** What became of a published message. */
export interface Routed {
  /** Nobody took it. */
  readonly unroutable: boolean;
  /** A queue is full and refused it. */
  readonly refused: boolean;
}

/** Exchanges, queues, and the way of a message through them. There is one, named `/`. */
export class VirtualHost {
  readonly exchanges = new Exchanges();
  readonly replies = new ReplyAddresses();
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly memory: MemoryAlarm) {}

  /** @throws AmqpError 404, and 405 for a queue that another connection has for itself */
  queue(name: string, connection: object): Queue {
    const queue = this.queues.get(name);
    if (!queue) throw new AmqpError('NOT_FOUND', `no queue '${name}' in vhost '/'`);
    if (queue.owner !== undefined && queue.owner !== connection) throw locked(name);
    return queue;
  }

  /** Makes a queue, or finds the one that is there already. @throws AmqpError 406 when that one is different */
  declareQueue(
    asked: string,
    properties: QueueProperties,
    args: FieldTable,
    connection: object,
  ): Queue {
    const name = asked || `amq.gen-${randomBytes(16).toString('base64url')}`;
    const options = queueOptions(name, properties, args);
    if (this.queues.has(name)) {
      const queue = this.queue(name, connection);
      if (properties.exclusive !== (queue.owner !== undefined)) throw locked(name);
      const differs = difference(name, queue.options, options);
      if (differs) throw new AmqpError('PRECONDITION_FAILED', differs);
      queue.used();
      return queue;
    }
    if (asked.startsWith('amq.'))
      throw new AmqpError(
        'ACCESS_REFUSED',
        `queue name '${asked}' contains reserved prefix 'amq.*'`,
      );
    const queue = new Queue(name, options, properties.exclusive ? connection : undefined, {
      memory: this.memory,
      bury: (from, item, reason) => this.bury(from, item, reason),
      discard: (unused) => this.deleteQueue(unused),
    });
    this.queues.set(name, queue);
    return queue;
  }

  /** @returns how many messages were ready in it */
  deleteQueue(queue: Queue): number {
    this.queues.delete(queue.name);
    this.exchanges.unbindAll(queue);
    return queue.remove();
  }

  findQueue(name: string): Queue | undefined {
    return this.queues.get(name);
  }

  /** @throws AmqpError 404 when its exchange is missing, 403 when that is internal */
  publish(message: Message): Routed {
    const exchange = this.exchanges.get(message.exchange);
    if (exchange?.options.internal)
      throw new AmqpError(
        'ACCESS_REFUSED',
        `cannot publish to internal exchange '${exchange.name}' in vhost '/'`,
      );
    if (!exchange && this.replies.takes(message)) return { unroutable: false, refused: false };
    const queues = this.route(message, exchange);
    const refusing = queues.filter(({ refuses }) => refuses);
    for (const queue of queues) {
      if (!queue.refuses) queue.add(message);
      else if (queue.options.overflow === 'reject-publish-dlx')
        this.bury(queue, { message, failures: message.failures }, 'maxlen');
    }
    return { unroutable: queues.length === 0, refused: refusing.length > 0 };
  }

  /** All that a connection had for itself goes with it. */
  forget(connection: object): void {
    for (const queue of this.queues.values())
      if (queue.owner === connection) this.deleteQueue(queue);
  }

  /** Stops all timers. */
  close(): void {
    for (const queue of this.queues.values()) this.deleteQueue(queue);
  }

  private route(message: Message, exchange: Exchange | undefined): Queue[] {
    if (exchange) return [...exchange.route(message)];
    const queue = this.queues.get(message.routingKey);
    return queue ? [queue] : [];
  }

  private bury({ name, options }: Queue, dead: Dead, reason: DeathReason): void {
    const { deadLetterExchange: exchange, deadLetterRoutingKey } = options;
    if (exchange === undefined || !this.exchanges.has(exchange)) return;
    const routingKey = deadLetterRoutingKey ?? dead.message.routingKey;
    const letter = deadLetter(dead, { queue: name, reason }, { exchange, routingKey });
    for (const queue of this.route(letter, this.exchanges.get(exchange)))
      if (!goesRound(letter, queue.name) && !queue.refuses) queue.add(letter);
  }
}

const locked = (queue: string) =>
  new AmqpError(
    'RESOURCE_LOCKED',
    `cannot obtain exclusive access to locked queue '${queue}' in vhost '/'. It could be originally ` +
      'declared on another connection or the exclusive property value does not match that of the ' +
      'original declaration.',
  );
