import type { BindingRequest } from '../routing/exchanges.js';
import type { Fields } from '../wire/methods.js';
import type { Channel } from './channel.js';
import { refuseArguments, type MethodHandlers } from './method-handlers.js';

export const exchangeMethods: MethodHandlers = {
  'exchange.declare'(channel, { exchange: name, passive, noWait, ...asked }) {
    const { type, durable, autoDelete, internal, arguments: args } = asked;
    const { exchanges } = channel.host;
    if (passive) {
      exchanges.get(name);
    } else {
      refuseArguments(args, `exchange '${name}'`);
      exchanges.declare(name, { type, durable, autoDelete, internal });
    }
    if (!noWait) channel.reply('exchange.declare-ok', {});
  },

  'exchange.delete'(channel, { exchange, ifUnused, noWait }) {
    channel.host.exchanges.delete(exchange, ifUnused);
    if (!noWait) channel.reply('exchange.delete-ok', {});
  },

  'exchange.bind'(channel, fields) {
    channel.host.exchanges.bind(binding(channel, fields));
    if (!fields.noWait) channel.reply('exchange.bind-ok', {});
  },

  'exchange.unbind'(channel, fields) {
    channel.host.exchanges.unbind(binding(channel, fields));
    if (!fields.noWait) channel.reply('exchange.unbind-ok', {});
  },
};

const binding = (channel: Channel, fields: Fields<'exchange.bind'>): BindingRequest => ({
  source: fields.source,
  destination: channel.host.exchanges.named(fields.destination),
  key: fields.routingKey,
  args: fields.arguments,
});
