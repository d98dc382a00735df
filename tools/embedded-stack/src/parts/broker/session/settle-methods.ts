import { AmqpError } from '../amqp-error.js';
import type { Channel } from './channel.js';
import type { MethodHandlers } from './method-handlers.js';
import { giveBack, type Delivered } from './unsettled.js';

export const settleMethods: MethodHandlers = {
  'basic.ack'(channel, { deliveryTag, multiple }) {
    settle(channel.unsettled.take(deliveryTag, multiple), ({ queue, item }) => queue.settle(item));
  },

  'basic.nack'(channel, { deliveryTag, multiple, requeue }) {
    refuse(channel, deliveryTag, multiple, requeue);
  },

  'basic.reject'(channel, { deliveryTag, requeue }) {
    refuse(channel, deliveryTag, false, requeue);
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

function refuse({ unsettled }: Channel, tag: bigint, multiple: boolean, requeue: boolean): void {
  const refused = unsettled.take(tag, multiple);
  if (requeue) giveBack(refused);
  else settle(refused, ({ queue, item }) => queue.reject(item));
}

function recover({ unsettled }: Channel, requeue: boolean): void {
  if (!requeue) throw new AmqpError('NOT_IMPLEMENTED', 'basic.recover with requeue=false');
  giveBack(unsettled.takeAll());
}

/** Settles each, and then lets their queues go on. */
function settle(all: readonly Delivered[], how: (delivered: Delivered) => void): void {
  for (const delivered of all) {
    delivered.settled();
    how(delivered);
  }
  for (const queue of new Set(all.map((delivered) => delivered.queue))) queue.serve();
}
