import { AmqpError } from '../amqp-error.js';
import type { Queue } from '../queues/queue.js';
import type { BindingRequest } from '../routing/exchanges.js';
import type { Fields } from '../wire/methods.js';
import type { Channel } from './channel.js';
import type { MethodHandlers } from './method-handlers.js';

export const queueMethods: MethodHandlers = {
  'queue.declare'(channel, { queue: name, passive, noWait, ...asked }) {
    const queue = passive ? queueOf(channel, name) : declared(channel, name, asked);
    channel.lastQueue = queue.name;
    if (passive) queue.used();
    if (noWait) return;
    const { messageCount, consumerCount } = queue;
    channel.reply('queue.declare-ok', { queue: queue.name, messageCount, consumerCount });
  },

  'queue.bind'(channel, fields) {
    channel.host.exchanges.bind(binding(channel, fields));
    if (!fields.noWait) channel.reply('queue.bind-ok', {});
  },

  'queue.unbind'(channel, fields) {
    channel.host.exchanges.unbind(binding(channel, fields));
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
    throw new AmqpError('NOT_IMPLEMENTED', `cannot delete quorum queue '${name}' with conditions`);
  if (ifUnused && queue.consumerCount > 0) refuse('in use');
  if (ifEmpty && queue.messageCount > 0) refuse('not empty');
  return host.deleteQueue(queue);
}

const binding = (
  channel: Channel,
  fields: Omit<Fields<'queue.unbind'>, 'reserved1'>,
): BindingRequest => ({
  source: fields.exchange,
  destination: queueOf(channel, fields.queue),
  key: fields.routingKey,
  args: fields.arguments,
});
