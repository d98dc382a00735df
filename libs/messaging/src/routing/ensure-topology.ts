import type { Channel, ChannelModel } from 'amqplib';
import { ExpendableChannel } from '../connection/expendable-channel.js';
import { explainBrokerError } from '../connection/explain-broker-error.js';
import { declareTopology } from './declare-topology.js';
import type { Topology } from './topology.js';

/** The user may not declare what is missing. */
export class TopologyRefusedError extends Error {
  override name = 'TopologyRefusedError';
}

const NOTHING: Topology = { exchanges: [], queues: [], bindings: [] };
const ACCESS_REFUSED = 403;
const NOT_FOUND = 404;

/**
 * Declares a topology as {@link declareTopology} does; for a user without the permission to declare, it is
 * enough that an exchange or queue is there. Of a binding that it may not declare nothing can be known.
 * @returns whether a queue had to be created
 * @throws TopologyMismatchError, TopologyRefusedError
 */
export async function ensureTopology(model: ChannelModel, topology: Topology): Promise<boolean> {
  const channel = new ExpendableChannel(model);
  const exists = (check: (channel: Channel) => Promise<unknown>) =>
    channel.use(check).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === NOT_FOUND) return false;
        // 4.3 answers nothing to a user that has no permission at all on the resource.
        if (codeOf(error) === ACCESS_REFUSED) return undefined;
        throw error;
      },
    );
  const declare = async (part: Partial<Topology>, isThere: () => Promise<boolean | undefined>) => {
    try {
      await channel.use((open) => declareTopology(open, { ...NOTHING, ...part }));
    } catch (error) {
      if (codeOf(error) !== ACCESS_REFUSED) throw error;
      if (await isThere()) return;
      throw new TopologyRefusedError(
        `${explainBrokerError(error as Error)}; or apply the topology as a user that has it`,
        { cause: error },
      );
    }
  };

  let created = false;
  try {
    for (const exchange of topology.exchanges) {
      await declare({ exchanges: [exchange] }, () => exists((c) => c.checkExchange(exchange.name)));
    }
    for (const queue of topology.queues) {
      const was = await exists((c) => c.checkQueue(queue.name));
      await declare({ queues: [queue] }, async () => was);
      created ||= was === false;
    }
    for (const binding of topology.bindings)
      await declare({ bindings: [binding] }, async () => true);
  } finally {
    channel.close();
  }
  return created;
}

const codeOf = (error: unknown) => (error as { code?: number }).code;
