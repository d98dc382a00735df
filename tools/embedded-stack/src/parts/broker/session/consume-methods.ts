import { randomBytes } from 'node:crypto';
import { AmqpError } from '../amqp-error.js';
import { REPLY_TO } from '../reply-addresses.js';
import type { Fields } from '../wire/methods.js';
import type { Channel } from './channel.js';
import { Consumer } from './consumer.js';
import { refuseArguments, type MethodHandlers } from './method-handlers.js';
import { queueOf } from './queue-methods.js';

/** Direct replies that an asker may leave unread; further ones are dropped, since nobody keeps them for it. */
const UNREAD_REPLIES_MAX_BYTES = 32 * 1_024 * 1_024;

export const consumeMethods: MethodHandlers = {
  'basic.qos'(channel, { prefetchSize, prefetchCount, global }) {
    if (prefetchSize > 0)
      throw new AmqpError('NOT_IMPLEMENTED', `prefetch_size!=0 (${prefetchSize})`);
    if (global) throw new AmqpError('NOT_IMPLEMENTED', 'basic.qos with global=true');
    channel.prefetch = prefetchCount;
    channel.reply('basic.qos-ok', {});
  },

  'basic.consume'(channel, fields) {
    if (fields.noLocal) throw new AmqpError('NOT_IMPLEMENTED', 'no_local=true');
    refuseArguments(fields.arguments, 'basic.consume');
    const consumerTag = fields.consumerTag || `amq.ctag-${randomBytes(16).toString('base64url')}`;
    if (channel.consumers.has(consumerTag) || channel.replyConsumer === consumerTag)
      throw new AmqpError('NOT_ALLOWED', `attempt to reuse consumer tag '${consumerTag}'`);
    const confirm = () => {
      if (!fields.noWait) channel.reply('basic.consume-ok', { consumerTag });
    };
    if (fields.queue === REPLY_TO) {
      consumeReplies(channel, consumerTag, fields);
      confirm();
      return;
    }
    const queue = queueOf(channel, fields.queue);
    const { noAck, exclusive } = fields;
    const options = { noAck, exclusive, prefetch: channel.prefetch };
    const consumer = new Consumer(consumerTag, queue, options, channel);
    queue.assertFree(consumer);
    channel.consumers.set(consumerTag, consumer);
    confirm(); // Before the first delivery.
    queue.addConsumer(consumer);
  },

  'basic.cancel'(channel, { consumerTag, noWait }) {
    const consumer = channel.consumers.get(consumerTag);
    channel.consumers.delete(consumerTag);
    if (channel.replyConsumer === consumerTag) closeReplies(channel);
    if (!noWait) channel.reply('basic.cancel-ok', { consumerTag });
    consumer?.queue.removeConsumer(consumer);
    consumer?.queue.serve(); // Another may be the single active one now.
  },

  'basic.get'(channel, { queue: name, noAck }) {
    const queue = queueOf(channel, name);
    queue.used();
    const item = queue.take();
    if (!item) {
      channel.reply('basic.get-empty', { reserved1: '' });
      return;
    }
    const deliveryTag = channel.unsettled.nextTag();
    if (noAck) queue.settle(item);
    else channel.unsettled.keep(deliveryTag, { item, queue, settled: () => undefined });
    const { exchange, routingKey } = item.message;
    const { redelivered, headers } = queue.historyOf(item);
    const { messageCount } = queue;
    const fields = { deliveryTag, redelivered, exchange, routingKey, messageCount };
    channel.line.sendContent(channel.number, 'basic.get-ok', fields, item.message, headers);
  },
};

/** Opens the channel's address for direct replies. @throws AmqpError 406 when there is one, or replies were to be acknowledged */
function consumeReplies(
  channel: Channel,
  consumerTag: string,
  { noAck }: Fields<'basic.consume'>,
): void {
  if (channel.replyConsumer !== undefined)
    throw new AmqpError('PRECONDITION_FAILED', 'reply consumer already set');
  if (!noAck) throw new AmqpError('PRECONDITION_FAILED', 'reply consumer cannot acknowledge');
  channel.replyConsumer = consumerTag;
  channel.replyAddress = channel.host.replies.open((message) => {
    if (channel.line.unreadBytes > UNREAD_REPLIES_MAX_BYTES) return;
    const { exchange, routingKey } = message;
    const deliveryTag = channel.unsettled.nextTag();
    const fields = { consumerTag, deliveryTag, redelivered: false, exchange, routingKey };
    channel.line.sendContent(channel.number, 'basic.deliver', fields, message);
  });
}

function closeReplies(channel: Channel): void {
  if (channel.replyAddress !== undefined) channel.host.replies.close(channel.replyAddress);
  channel.replyAddress = undefined;
  channel.replyConsumer = undefined;
}
