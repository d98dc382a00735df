import { refuseArguments, type MethodHandlers } from './method-handlers.js';

export const exchangeMethods: MethodHandlers = {
  'exchange.declare'(channel, { exchange: name, passive, noWait, ...asked }) {
    const { type, durable, autoDelete, internal, arguments: args } = asked;
    const { exchanges } = channel.host;
    if (passive) {
      exchanges.named(name);
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

  'exchange.bind'(channel, { destination, source, routingKey: key, noWait, arguments: args }) {
    const { exchanges } = channel.host;
    exchanges.bind({ source, destination: exchanges.named(destination), key, args });
    if (!noWait) channel.reply('exchange.bind-ok', {});
  },

  'exchange.unbind'(channel, { destination, source, routingKey: key, noWait, arguments: args }) {
    const { exchanges } = channel.host;
    const bound = exchanges.find(destination);
    if (bound) exchanges.unbind({ source, destination: bound, key, args });
    if (!noWait) channel.reply('exchange.unbind-ok', {});
  },
};
