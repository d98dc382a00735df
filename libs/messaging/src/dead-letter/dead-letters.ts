import { whileAlone, type Database } from '#libs/database';
import type { Channel, GetMessage } from 'amqplib';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { deadLetterQueue } from '../routing/names.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { readHistory } from '../sending/message-headers.js';
import { readDeadLetter, type DeadLetterDetail } from './dead-letter.js';

/** Somebody else looks at the dead letters right now: two readers would hide letters from each other. */
export class DeadLettersBusyError extends Error {
  override name = 'DeadLettersBusyError';
}

/** Letters of one queue that one look holds on to; what lies behind them is not seen. */
const MAX_KEPT = 1_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Looks at dead letters, and sends them back. Looking is get, then requeue all: nothing is lost when the
 * process dies meanwhile. One reader at a time.
 */
export class DeadLetters {
  private readonly ledger: DeliveryLedger;

  constructor(
    private readonly database: Database,
    private readonly connection: BrokerConnection,
    private readonly publisher: ConfirmPublisher,
  ) {
    this.ledger = new DeliveryLedger(database);
  }

  /** @param queues handlers' queues @throws DeadLettersBusyError */
  async list(queues: readonly string[], signal: AbortSignal): Promise<DeadLetterDetail[]> {
    const letters: DeadLetterDetail[] = [];
    await this.visit(queues, signal, async (letter) => {
      letters.push(letter);
      return 'keep';
    });
    return letters;
  }

  /**
   * Sends the chosen letters back to the queues they come from, each removed only after the confirm; their
   * attempts begin anew.
   * @returns the ids sent
   * @throws DeadLettersBusyError, Error when a publish is not confirmed: that letter and the rest stay
   */
  async replay(
    queues: readonly string[],
    isChosen: (letter: DeadLetterDetail) => boolean,
    signal: AbortSignal,
  ): Promise<string[]> {
    const replayed: string[] = [];
    await this.visit(queues, signal, async (letter, message) => {
      if (!isChosen(letter)) return 'keep';
      await this.sendBack(letter, message);
      replayed.push(letter.id);
      return 'remove';
    });
    return replayed;
  }

  /** Throws all letters of a queue away; answers how many. @throws DeadLettersBusyError */
  async purge(queue: string, signal: AbortSignal): Promise<number> {
    let purged = 0;
    await this.visit([queue], signal, async () => {
      purged++;
      return 'remove';
    });
    return purged;
  }

  private async sendBack(
    letter: DeadLetterDetail,
    { content, properties }: GetMessage,
  ): Promise<void> {
    const { messageId, type, appId, timestamp, contentType } = properties;
    const replayCount = readHistory(properties).replayCount + 1;
    const sentAt = await this.ledger.now();
    const outcome = await this.publisher.publish({
      exchange: '',
      routingKey: letter.queue,
      content,
      properties: {
        messageId: String(messageId ?? letter.id),
        type: type as string,
        appId: appId as string,
        timestamp: timestamp as number,
        contentType: contentType as string,
        headers: { 'replay-count': replayCount },
      },
    });
    if (outcome !== 'confirmed')
      throw new Error(`${letter.id}: publishing ended '${outcome}'; it stays where it is`);
    if (UUID.test(letter.messageId)) {
      await this.ledger.recordReplay(letter.queue, letter.messageId, sentAt);
    }
  }

  private async visit(
    queues: readonly string[],
    signal: AbortSignal,
    decide: (letter: DeadLetterDetail, message: GetMessage) => Promise<'keep' | 'remove'>,
  ): Promise<void> {
    const visited = await whileAlone(this.database, 'dead letters', async () => {
      for (const queue of queues) await this.visitQueue(queue, signal, decide);
      return true;
    });
    if (!visited)
      throw new DeadLettersBusyError('somebody else looks at the dead letters; try again');
  }

  private async visitQueue(
    queue: string,
    signal: AbortSignal,
    decide: (letter: DeadLetterDetail, message: GetMessage) => Promise<'keep' | 'remove'>,
  ): Promise<void> {
    const model = await this.connection.model(signal);
    if (!model) throw new Error(this.connection.problem ?? 'no connection to the broker');
    const channel = await model.createChannel();
    let isOpen = true;
    let kept = 0;
    channel.on('error', () => undefined); // The rejected call tells the reason.
    channel.once('close', () => (isOpen = false));
    try {
      // What comes back while we look is left for the next look.
      let { messageCount } = await channel.checkQueue(deadLetterQueue(queue));
      for (; messageCount > 0 && kept < MAX_KEPT; messageCount--) {
        const message = await channel.get(deadLetterQueue(queue), { noAck: false });
        if (!message) break;
        const verdict = await decide(readDeadLetter(queue, message), message);
        if (verdict === 'remove') channel.ack(message);
        else kept++;
      }
    } finally {
      if (isOpen) {
        channel.nackAll(true);
        await returned(channel, deadLetterQueue(queue), kept);
        // Not waited for: amqplib never settles a close whose connection is lost before the answer.
        channel.close().catch(() => undefined);
      }
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
