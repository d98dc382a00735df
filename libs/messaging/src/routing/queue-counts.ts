import type { ChannelModel } from 'amqplib';
import type { Topology } from './topology.js';

/** What waits in a queue, and how many read it. */
export interface QueueCounts {
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

/**
 * Counts on a channel of its own, since the broker closes it for a queue that is not there.
 * @returns undefined when there is no such queue
 */
export async function countQueue(
  model: ChannelModel,
  queue: string,
): Promise<QueueCounts | undefined> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // The rejected call tells the reason.
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(queue);
    // Not waited for: amqplib never settles a close whose connection is lost before the answer.
    channel.close().catch(() => undefined);
    return { messages: messageCount, consumers: consumerCount };
  } catch (error) {
    if ((error as { code?: number }).code === NOT_FOUND) return undefined;
    throw error;
  }
}

/** The queues of a topology that exist, in its order. */
export async function listQueues(model: ChannelModel, topology: Topology): Promise<QueueStatus[]> {
  const found: QueueStatus[] = [];
  for (const { name, arguments: given } of topology.queues) {
    const counts = await countQueue(model, name);
    if (counts) found.push({ name, type: String(given['x-queue-type']), durable: true, ...counts });
  }
  return found;
}
