import type { Channel, ChannelModel } from 'amqplib';
import { explainBrokerError } from '../connection/explain-broker-error.js';
import { openConnection } from '../connection/open-connection.js';
import { within } from '../connection/within.js';

/** What waits in a queue, and how many read it. */
export interface QueueCounts {
  /** Those in hand are not among them. */
  readonly messages: number;
  readonly consumers: number;
}

/** A queue of which the broker cannot say what it holds, and why. */
export interface UnreachableQueue {
  readonly unreachable: string;
}

export type QueueLook = QueueCounts | UnreachableQueue;

/** The time for one look at any number of queues; a broker that lost its majority is silent for 65 s. */
const LOOK_TIMEOUT_MS = 4_000;

const SILENT = 'the broker does not answer for it; it may have lost the majority of its nodes';

/** A classic queue whose node is down is answered 404, too. */
const IS_MISSING = /NOT_FOUND - no queue/;

export const isReachable = (look: QueueLook): look is QueueCounts => !('unreachable' in look);

/**
 * Counts what is in queues, without the management plugin. It has a connection of its own, kept from look to
 * look: a queue without a majority hangs its channel, and closes its connection with 541 after a while.
 */
export class QueueCounter {
  private model: Promise<ChannelModel> | undefined;

  constructor(
    private readonly urls: readonly string[],
    private readonly name: string,
  ) {}

  /**
   * Looks at all queues at once; one that does not answer in time is unreachable, and no other is held up.
   * A queue that is not there is left out.
   * @throws Error when there is no broker
   */
  async count(queues: readonly string[]): Promise<Map<string, QueueLook>> {
    const model = await this.open();
    const looks = new Map<string, QueueLook>();
    const open = new Set(queues);
    const all = Promise.all(
      queues.map(async (queue) => {
        const look = await lookAt(model, queue);
        if (look === 'lost') return;
        open.delete(queue);
        if (look) looks.set(queue, look);
      }),
    );
    const isLate = await within(LOOK_TIMEOUT_MS, all).then(
      () => false,
      () => true,
    );
    if (open.size === 0) return looks;

    // Channels that hang are of no more use, and what they still answer is not waited for.
    this.close();
    const found = new Map(looks);
    const isHopeless = isLate || queues.length === 1;
    await Promise.all(
      [...open].map(async (queue) => {
        // Else one of them has cost all the others their connection.
        const look = isHopeless ? { unreachable: SILENT } : await this.countAlone(queue);
        if (look) found.set(queue, look);
      }),
    );
    return found;
  }

  /** @returns undefined when there is no such queue @throws Error when there is no broker */
  async countOne(queue: string): Promise<QueueLook | undefined> {
    return (await this.count([queue])).get(queue);
  }

  private async countAlone(queue: string): Promise<QueueLook | undefined> {
    const counter = new QueueCounter(this.urls, this.name);
    try {
      return await counter.countOne(queue);
    } finally {
      counter.close();
    }
  }

  close(): void {
    this.model?.then((model) => model.close()).catch(() => undefined);
    this.model = undefined;
  }

  private open(): Promise<ChannelModel> {
    if (this.model) return this.model;
    const model = openConnection(this.urls, this.name);
    const forget = () => {
      if (this.model === model) this.model = undefined;
    };
    model.then((opened) => opened.once('close', forget), forget);
    this.model = model;
    return model;
  }
}

/** Undefined when there is no such queue; `lost` when the connection was lost before an answer. */
async function lookAt(model: ChannelModel, queue: string): Promise<QueueLook | undefined | 'lost'> {
  try {
    const channel = await model.createChannel();
    channel.on('error', () => undefined); // The rejected request tells the reason.
    const { messageCount, consumerCount } = await channel.checkQueue(queue);
    const isIdle = messageCount === 0 && consumerCount === 0;
    const messages = isIdle ? await messagesOfIdle(channel, queue) : messageCount;
    // Not waited for: amqplib never settles a close whose connection is lost before the answer.
    channel.close().catch(() => undefined);
    return { messages, consumers: consumerCount };
  } catch (error) {
    const { code, message } = error as Error & { code?: unknown };
    if (typeof code !== 'number') return 'lost';
    return IS_MISSING.test(message)
      ? undefined
      : { unreachable: explainBrokerError(error as Error) };
  }
}

/**
 * A passive declaration answers 0 messages and 0 consumers for a quorum queue whose leader is gone, too. Only
 * the majority of its nodes can answer a get; a message that has just come is put back.
 */
async function messagesOfIdle(channel: Channel, queue: string): Promise<number> {
  const message = await channel.get(queue, { noAck: false });
  if (!message) return 0;
  channel.nack(message, false, true);
  return 1 + message.fields.messageCount;
}
