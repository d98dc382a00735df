import { AmqpError } from '../amqp-error.js';
import type { Queue } from '../queues/queue.js';
import type { Fields } from '../wire/methods.js';
import type { Channel } from './channel.js';
import type { MethodHandlers } from './method-handlers.js';

export const queueMethods: MethodHandlers = {
  'queue.declare'(channel, { queue: name, passive, noWait, ...asked }) {
    const queue = passive ? channel.host.queue(name, channel.line) : declared(channel, name, asked);
    channel.lastQueue = queue.name;
    if (passive) queue.used();
    if (noWait) return;
    const { messageCount, consumerCount } = queue;
    channel.reply('queue.declare-ok', { queue: queue.name, messageCount, consumerCount });
  },

  'queue.bind'(channel, { queue, exchange, routingKey: key, noWait, arguments: args }) {
    const destination = queueOf(channel, queue);
    channel.host.exchanges.bind({ source: exchange, destination, key, args });
    if (!noWait) channel.reply('queue.bind-ok', {});
  },

  'queue.unbind'(channel, { queue, exchange, routingKey: key, arguments: args }) {
    const destination = channel.host.findQueue(queue || channel.lastQueue);
    if (destination) channel.host.exchanges.unbind({ source: exchange, destination, key, args });
    channel.reply('queue.unbind-ok', {});
  },

  'queue.purge'(channel, { queue, noWait }) {
    const messageCount = queueOf(channel, queue).purge();
    if (!noWait) channel.reply('queue.purge-ok', { messageCount });
  },

  'queue.delete'(channel, { queue: name, ifUnused, ifEmpty, noWait }) {
    const messageCount = deleted(channel, name || channel.lastQueue, ifUnused, ifEmpty);
    if (!noWait) channel.reply('queue.delete-ok', { messageCount });
  },
};

/** The queue of this name, or the one that the channel declared last. @throws AmqpError 404, 405 */
export function queueOf({ host, line, lastQueue }: Channel, name: string): Queue {
  if (name === '' && lastQueue === '')
    throw new AmqpError('NOT_FOUND', 'no previously declared queue');
  return host.queue(name || lastQueue, line);
}

type Declaration = Pick<
  Fields<'queue.declare'>,
  'durable' | 'exclusive' | 'autoDelete' | 'arguments'
>;

function declared({ host, line }: Channel, name: string, asked: Declaration): Queue {
  const { durable, exclusive, autoDelete, arguments: args } = asked;
  return host.declareQueue(name, { durable, exclusive, autoDelete }, args, line);
}

/** What is not there is deleted already. */
function deleted(channel: Channel, name: string, ifUnused: boolean, ifEmpty: boolean): number {
  const { host, line } = channel;
  if (!host.findQueue(name)) return 0;
  const queue = host.queue(name, line);
  const refuse = (reason: string) => {
    throw new AmqpError('PRECONDITION_FAILED', `queue '${name}' in vhost '/' ${reason}`);
  };
  // RabbitMQ has no if-unused and no if-empty for quorum queues.
  if (queue.options.type === 'quorum' && (ifUnused || ifEmpty))
    throw new AmqpError(
      'NOT_IMPLEMENTED',
      `cannot delete queue '${name}' in vhost '/'. queue.delete operations with ` +
        `${ifUnused ? 'if-unused' : 'if-empty'} flag set are not supported by quorum queues`,
    );
  if (ifUnused && queue.consumerCount > 0) refuse('in use');
  if (ifEmpty && queue.messageCount > 0) refuse('not empty');
  return host.deleteQueue(queue);
}
