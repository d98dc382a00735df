import { Logger } from '@nestjs/common';
import type { Messaging } from '../contract/messaging.js';
import { whileAlone } from '../database/advisory-lock.js';
import type { Database } from '../database/database.js';
import type { GetMessage } from 'amqplib';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { deadLetterQueue } from '../routing/names.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { copiedProperties } from '../sending/copied-properties.js';
import { readHistory } from '../sending/message-headers.js';
import type { DeadLetterDetail } from './dead-letter.js';
import { visitDeadLetters, type Decide } from './visit-dead-letters.js';

/** Somebody else looks at the dead letters right now: two readers would hide letters from each other. */
export class DeadLettersBusyError extends Error {
  override name = 'DeadLettersBusyError';
}

/** What one look has seen. */
export interface DeadLetterLook {
  readonly letters: DeadLetterDetail[];
  /** Handlers' queues whose dead letters the broker cannot give now. */
  readonly unreachable: string[];
}

/** What was sent back. */
export interface DeadLetterReplay {
  /** Their ids. */
  readonly replayed: string[];
  /** Handlers' queues of which not every dead letter could be had. */
  readonly unreachable: string[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Looks at dead letters, and sends them back. Looking is get, then requeue all: nothing is lost when the
 * process dies meanwhile. One reader at a time.
 */
export class DeadLetters {
  private readonly logger = new Logger(DeadLetters.name);
  private readonly ledger: DeliveryLedger;

  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly connection: BrokerConnection,
    private readonly publisher: ConfirmPublisher,
  ) {
    this.ledger = new DeliveryLedger(messaging, database);
  }

  /** @param queues handlers' queues @throws DeadLettersBusyError, Error when there is no broker */
  async list(queues: readonly string[], signal: AbortSignal): Promise<DeadLetterLook> {
    const letters: DeadLetterDetail[] = [];
    const keep: Decide = async (letter) => {
      letters.push(letter);
      return 'keep';
    };
    const unreachable = await this.visit(queues, keep, signal);
    return { letters, unreachable };
  }

  /**
   * Sends the chosen dead letters back to the queues they come from, each removed only after the confirm; their
   * attempts begin again.
   * @throws DeadLettersBusyError, Error when a publish is not confirmed: that letter and the rest stay
   */
  async replay(
    queues: readonly string[],
    isChosen: (letter: DeadLetterDetail) => boolean,
  ): Promise<DeadLetterReplay> {
    const replayed: string[] = [];
    const unreachable = await this.visit(queues, async (letter, message) => {
      if (!isChosen(letter)) return 'keep';
      await this.sendBack(letter, message);
      replayed.push(letter.id);
      return 'remove';
    });
    return { replayed, unreachable };
  }

  /** Removes all dead letters of a queue. @throws DeadLettersBusyError, Error when the broker cannot give all of them */
  async purge(queue: string): Promise<number> {
    let purged = 0;
    const [unreachable] = await this.visit([queue], async () => {
      purged++;
      return 'remove';
    });
    if (unreachable !== undefined)
      throw new Error(
        `the broker cannot give the dead letters of ${queue} now; ${purged} were removed before`,
      );
    return purged;
  }

  private async sendBack(
    letter: DeadLetterDetail,
    { content, properties }: GetMessage,
  ): Promise<void> {
    const copied = copiedProperties(properties);
    const replayCount = readHistory(properties).replayCount + 1;
    const sentAt = await this.ledger.now();
    const outcome = await this.publisher.publish({
      exchange: '',
      routingKey: letter.queue,
      content,
      properties: {
        ...copied,
        messageId: copied.messageId ?? letter.id,
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
    decide: Decide,
    signal?: AbortSignal,
  ): Promise<string[]> {
    const { urls, name } = this.connection;
    const lock = `${this.messaging.names.prefix} dead letters`;
    const unreachable = await whileAlone(this.database, lock, () =>
      visitDeadLetters(urls, `${name}: dead letters`, queues, decide, signal),
    );
    if (!unreachable)
      throw new DeadLettersBusyError('somebody else looks at the dead letters; try again');
    for (const queue of unreachable)
      this.logger.warn(`${deadLetterQueue(queue)}: the broker cannot say now what it holds`);
    return unreachable;
  }
}
