import { AmqpError } from '../amqp-error.js';
import type { Method } from '../wire/methods.js';
import type { Channel } from './channel.js';
import { consumeMethods } from './consume-methods.js';
import { exchangeMethods } from './exchange-methods.js';
import type { MethodHandlers } from './method-handlers.js';
import { queueMethods } from './queue-methods.js';
import { settleMethods } from './settle-methods.js';

const HANDLERS: MethodHandlers = {
  ...exchangeMethods,
  ...queueMethods,
  ...consumeMethods,
  ...settleMethods,
  'basic.publish'(channel, fields) {
    if (fields.immediate) throw new AmqpError('NOT_IMPLEMENTED', 'immediate=true');
    channel.beginContent(fields);
  },
  'channel.open'() {
    throw new AmqpError('CHANNEL_ERROR', "second 'channel.open' seen");
  },
};

/** Does what a method of an open channel asks for. @throws AmqpError 540 (NOT_IMPLEMENTED) for one that this broker refuses to know */
export function dispatch(channel: Channel, method: Method): void {
  const handle = HANDLERS[method.name] as
    ((channel: Channel, fields: Method['fields']) => void) | undefined;
  if (!handle) throw new AmqpError('NOT_IMPLEMENTED', `method ${method.name}`);
  handle(channel, method.fields);
}
