import { AmqpError } from '../amqp-error.js';
import type { Return } from '../queues/queue.js';
import type { Channel } from './channel.js';
import type { MethodHandlers } from './method-handlers.js';
import { giveBack, type Delivered } from './unsettled.js';

export const settleMethods: MethodHandlers = {
  'basic.ack'(channel, { deliveryTag, multiple }) {
    settle(channel.unsettled.take(deliveryTag, multiple), ({ queue, item }) => queue.settle(item));
  },

  // As of RabbitMQ 4.3, basic.reject says that the delivery failed, and basic.nack does not.
  'basic.nack'({ unsettled }, { deliveryTag, multiple, requeue }) {
    refuse(unsettled.take(deliveryTag, multiple), requeue, 'requeued');
  },

  'basic.reject'({ unsettled }, { deliveryTag, requeue }) {
    refuse(unsettled.take(deliveryTag, false), requeue, 'failed');
  },

  'basic.recover'(channel, { requeue }) {
    recover(channel, requeue);
    channel.reply('basic.recover-ok', {});
  },

  'basic.recover-async'(channel, { requeue }) {
    recover(channel, requeue);
  },

  'confirm.select'(channel, { noWait }) {
    channel.published ??= 0n;
    if (!noWait) channel.reply('confirm.select-ok', {});
  },

  'channel.flow'(channel, { active }) {
    if (!active) throw new AmqpError('NOT_IMPLEMENTED', 'active=false');
    channel.reply('channel.flow-ok', { active });
  },
};

function refuse(refused: readonly Delivered[], requeue: boolean, how: Return): void {
  if (requeue) giveBack(refused, how);
  else settle(refused, ({ queue, item }) => queue.reject(item, how));
}

function recover({ unsettled }: Channel, requeue: boolean): void {
  if (!requeue) throw new AmqpError('NOT_IMPLEMENTED', 'basic.recover with requeue=false');
  giveBack(unsettled.takeAll(), 'requeued');
}

/** Settles each, and then lets their queues go on. */
function settle(all: readonly Delivered[], how: (delivered: Delivered) => void): void {
  for (const delivered of all) {
    delivered.settled();
    how(delivered);
  }
  for (const queue of new Set(all.map((delivered) => delivered.queue))) queue.serve();
}
