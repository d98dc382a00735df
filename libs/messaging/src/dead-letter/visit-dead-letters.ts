import type { Channel, GetMessage } from 'amqplib';
import { openConnection } from '../connection/open-connection.js';
import { NoBrokerAnswerError, within } from '../connection/within.js';
import { deadLetterQueue } from '../routing/names.js';
import { isReachable, QueueCounter } from '../routing/queue-counter.js';
import { readDeadLetter, type DeadLetterDetail } from './dead-letter.js';

/** What becomes of a dead letter that is looked at. */
export type Decide = (letter: DeadLetterDetail, message: GetMessage) => Promise<'keep' | 'remove'>;

/** Dead letters of one queue that one look holds on to; what lies behind them is not seen. */
const MAX_KEPT = 1_000;

/** The broker's time for one answer. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Shows the dead letters of each queue one by one, and puts back what is kept. On a connection of its own: a
 * queue without a majority costs it, and is left out.
 * @param queues handlers' queues
 * @param signal ends the look with its reason; what has been removed by then stays removed
 * @returns those whose dead letters the broker cannot give now
 * @throws Error when there is no broker, and what `decide` throws
 */
export async function visitDeadLetters(
  urls: readonly string[],
  name: string,
  queues: readonly string[],
  decide: Decide,
  signal?: AbortSignal,
): Promise<string[]> {
  const counter = new QueueCounter(urls, name);
  try {
    const looks = await counter.count(queues.map(deadLetterQueue));
    const unreachable: string[] = [];
    for (const queue of queues) {
      const look = looks.get(deadLetterQueue(queue));
      if (!look || (isReachable(look) && look.messages === 0)) continue;
      const isSeen = isReachable(look) && (await visitQueue(urls, name, queue, decide, signal));
      if (!isSeen) unreachable.push(queue);
    }
    return unreachable;
  } finally {
    counter.close();
  }
}

/** False when the broker fell silent, or closed the connection. */
async function visitQueue(
  urls: readonly string[],
  name: string,
  queue: string,
  decide: Decide,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const model = await openConnection(urls, name);
  let isLost = false;
  model.once('close', () => (isLost = true));
  try {
    const channel = await model.createChannel();
    channel.on('error', () => undefined); // The rejected call tells the reason.
    await visitLetters(channel, queue, decide, signal);
    return true;
  } catch (error) {
    if (isLost || error instanceof NoBrokerAnswerError) return false;
    throw error;
  } finally {
    // It puts every dead letter that is still unacknowledged back into its queue. Not waited for: see QueueCounter.
    model.close().catch(() => undefined);
  }
}

async function visitLetters(
  channel: Channel,
  queue: string,
  decide: Decide,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = deadLetterQueue(queue);
  let kept = 0;
  let isOpen = true;
  channel.once('close', () => (isOpen = false));
  try {
    // What comes back while we look is left for the next look.
    let { messageCount } = await within(ANSWER_TIMEOUT_MS, channel.checkQueue(source));
    for (; messageCount > 0 && kept < MAX_KEPT; messageCount--) {
      signal?.throwIfAborted();
      const message = await within(ANSWER_TIMEOUT_MS, channel.get(source, { noAck: false }));
      if (!message) break;
      const verdict = await decide(readDeadLetter(queue, message), message);
      if (verdict === 'remove') channel.ack(message);
      else kept++;
    }
  } finally {
    if (isOpen) {
      // By nack: RabbitMQ 4.3 does not count it as a failed delivery. Earlier versions do, up to a limit far away.
      channel.nackAll(true);
      await within(ANSWER_TIMEOUT_MS, returned(channel, source, kept));
    }
  }
}

const RETURN_CHECKS = 40;
const RETURN_CHECK_MS = 25;

/** A quorum queue requeues behind the scenes; the next look, at most a second later, shall find them all. */
async function returned(channel: Channel, queue: string, kept: number): Promise<void> {
  for (let check = 0; check < RETURN_CHECKS; check++) {
    if ((await channel.checkQueue(queue)).messageCount >= kept) return;
    await new Promise((resolve) => setTimeout(resolve, RETURN_CHECK_MS));
  }
}
