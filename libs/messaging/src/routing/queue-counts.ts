import type { Channel, ChannelModel } from 'amqplib';
import type { Topology } from './topology.js';

/** What waits in a queue, and how many read it. */
export interface QueueCounts {
  /** Those in hand are not among them. */
  readonly messages: number;
  readonly consumers: number;
}

/** A queue of the plan that exists. */
export interface QueueStatus extends QueueCounts {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
}

const NOT_FOUND = 404;

/** Counts by passive declarations; a queue that is not there is left out. */
export async function countQueues(
  model: ChannelModel,
  queues: readonly string[],
): Promise<Map<string, QueueCounts>> {
  const counts = new Map<string, QueueCounts>();
  let channel: Channel | undefined;
  for (const queue of queues) {
    channel ??= await openChannel(model);
    try {
      const { messageCount, consumerCount } = await channel.checkQueue(queue);
      counts.set(queue, { messages: messageCount, consumers: consumerCount });
    } catch (error) {
      if ((error as { code?: number }).code !== NOT_FOUND) throw error;
      // The broker has closed the channel.
      channel = undefined;
    }
  }
  // Not waited for: amqplib never settles a close whose connection is lost before the answer.
  channel?.close().catch(() => undefined);
  return counts;
}

/** @returns undefined when there is no such queue */
export async function countQueue(
  model: ChannelModel,
  queue: string,
): Promise<QueueCounts | undefined> {
  return (await countQueues(model, [queue])).get(queue);
}

/** The queues of a topology that exist, in its order. */
export async function listQueues(model: ChannelModel, topology: Topology): Promise<QueueStatus[]> {
  const counts = await countQueues(
    model,
    topology.queues.map(({ name }) => name),
  );
  return topology.queues
    .filter(({ name }) => counts.has(name))
    .map(({ name, arguments: given }) => ({
      name,
      type: String(given['x-queue-type']),
      durable: true,
      ...counts.get(name)!,
    }));
}

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // The rejected call tells the reason.
  return channel;
}
