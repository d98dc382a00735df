import type { Channel } from 'amqplib';
import type { Topology } from './topology.js';

/** What exists on the broker differs from what is declared. Nothing was changed. */
export class TopologyMismatchError extends Error {
  constructor(
    readonly entity: string,
    /** The broker's own words: the argument and both values. */
    readonly difference: string,
  ) {
    super(
      `${entity} exists with other arguments: ${difference}. Nothing was changed. ` +
        `Either start with the arguments it has, or move its messages away, delete it and start again.`,
    );
    this.name = 'TopologyMismatchError';
  }
}

/**
 * Declares exchanges, queues and bindings; what is there already stays as it is.
 * @throws TopologyMismatchError when something exists with other arguments; the broker then closes the channel
 */
export async function declareTopology(channel: Channel, topology: Topology): Promise<void> {
  for (const { name, type } of topology.exchanges) {
    await matching(`exchange '${name}'`, channel.assertExchange(name, type, { durable: true }));
  }
  for (const queue of topology.queues) {
    await matching(
      `queue '${queue.name}'`,
      channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments }),
    );
  }
  for (const { queue, exchange, key } of topology.bindings) {
    await channel.bindQueue(queue, exchange, key);
  }
}

const PRECONDITION_FAILED = 406;

async function matching(entity: string, declared: Promise<unknown>): Promise<void> {
  try {
    await declared;
  } catch (error) {
    const { code, message } = error as Error & { code?: number };
    if (code !== PRECONDITION_FAILED && !message.includes('PRECONDITION_FAILED')) throw error;
    const text = /inequivalent arg.*?(?="|$)/.exec(message)?.[0] ?? message;
    throw new TopologyMismatchError(entity, text);
  }
}
