import type { Names } from '../contract/names.js';
import type { Topology } from '../routing/topology.js';

/** A way that messages take; https://github.com/asyncapi/bindings/blob/master/amqp/README.md */
export interface Channel {
  readonly address: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
  readonly bindings: { readonly amqp: object };
}

/** Where an event is published, and where a consumer of another application binds a queue of its own. */
export const exchangeChannel = ({ events }: Names, type: string): Channel => ({
  address: type,
  description: `Published to ${events} with the type as the routing key.`,
  messages: references([type]),
  bindings: {
    amqp: {
      is: 'routingKey',
      exchange: { name: events, type: 'topic', durable: true, autoDelete: false },
      bindingVersion: '0.3.0',
    },
  },
});

/** A queue as it is declared; the binding has no place for its arguments and bindings, hence the extensions. */
export function queueChannel(
  { queues, bindings }: Topology,
  name: string,
  messages: readonly string[],
  description: string,
): Channel {
  return {
    address: name,
    description,
    messages: references(messages),
    bindings: {
      amqp: {
        is: 'queue',
        queue: { name, durable: true, exclusive: false, autoDelete: false },
        'x-arguments': queues.find((queue) => queue.name === name)!.arguments,
        'x-bindings': bindings
          .filter(({ queue }) => queue === name)
          .map(({ exchange, key }) => ({ exchange, routingKey: key })),
        bindingVersion: '0.3.0',
      },
    },
  };
}

const references = (messages: readonly string[]) =>
  Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
