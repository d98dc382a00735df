import { AmqpError, replyCode } from '../amqp-error.js';
import { Message } from '../message.js';
import { REPLY_TO } from '../reply-addresses.js';
import type { Faults } from '../faults.js';
import type { Channel, Publication } from './channel.js';

/** Headers by which RabbitMQ sends a message to further queues: https://www.rabbitmq.com/docs/sender-selected */
const FURTHER_RECIPIENTS = ['CC', 'BCC'];

/** Routes a whole message; what comes back is returned before it is confirmed. */
export function publish(channel: Channel, publication: Publication, faults: Faults): void {
  const { mandatory, exchange, routingKey } = publication;
  const message = checked(channel, publication.message);
  const number = channel.published === undefined ? undefined : ++channel.published;
  if (faults.refuseConfirms && number !== undefined) {
    channel.reply('basic.nack', { deliveryTag: number, multiple: false, requeue: false });
    return;
  }
  const { unroutable, refused } = channel.host.publish(message);
  if (unroutable && mandatory) {
    const code = { replyCode: replyCode('NO_ROUTE'), replyText: 'NO_ROUTE' };
    const fields = { ...code, exchange, routingKey };
    channel.line.sendContent(channel.number, 'basic.return', fields, message);
  }
  if (number === undefined) return;
  const outcome = { deliveryTag: number, multiple: false };
  if (refused) channel.reply('basic.nack', { ...outcome, requeue: false });
  else channel.reply('basic.ack', outcome);
}

/** The message as it is routed. @throws AmqpError 406 for properties that cannot be, 540 for what is not known here */
function checked(channel: Channel, message: Message): Message {
  const { expiration, userId, replyTo } = message.properties;
  if (expiration !== undefined && !/^\d{1,15}$/.test(expiration))
    refuse(`invalid expiration '${expiration}': not a whole number of milliseconds`);
  if (userId !== undefined && userId !== channel.line.user)
    refuse(`user_id property set to '${userId}' but authenticated user was '${channel.line.user}'`);
  for (const name of FURTHER_RECIPIENTS) {
    if (message.headers.has(name)) throw new AmqpError('NOT_IMPLEMENTED', `header '${name}'`);
  }
  if (replyTo !== REPLY_TO) return message;
  if (channel.replyAddress === undefined) refuse('fast reply consumer does not exist');
  return new Message(
    message.exchange,
    message.routingKey,
    { ...message.properties, replyTo: channel.replyAddress },
    message.body,
  );
}

function refuse(reason: string): never {
  throw new AmqpError('PRECONDITION_FAILED', reason);
}
