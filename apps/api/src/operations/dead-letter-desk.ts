import { Injectable } from '@nestjs/common';
import { subscriptions, usherMessaging } from '#libs/contracts';
import { Database } from '#libs/database';
import {
  DeadLetters,
  DeadLettersBusyError,
  type DeadLetterDetail,
  type DeadLetterLook,
  type DeadLetterReplay,
} from '#libs/messaging';
import { SharedLook } from '#libs/service-defaults';
import { Problem } from '../http/problem.js';
import { BrokerAccess } from './broker-access.js';

const QUEUES = subscriptions.map(({ consumer }) => consumer);

/** To look is to take every letter in hand: not more often than this. */
const LOOK_MAX_AGE_MS = 3_000;
const TIMEOUT_MS = 30_000;

/** The dead letters of all queues, as operators see and send them back. */
@Injectable()
export class DeadLetterDesk {
  private readonly look: SharedLook<DeadLetterLook>;

  constructor(
    private readonly database: Database,
    private readonly broker: BrokerAccess,
  ) {
    this.look = new SharedLook(LOOK_MAX_AGE_MS, () =>
      this.atDesk((letters) => letters.list(QUEUES, AbortSignal.timeout(TIMEOUT_MS))),
    );
  }

  /** @throws Problem `operation_busy`, `broker_unavailable` */
  list(): Promise<DeadLetterLook> {
    return this.look.get();
  }

  /** @throws Problem `operation_busy`, `broker_unavailable` */
  async replay(
    queue: string | undefined,
    isChosen: (letter: DeadLetterDetail) => boolean,
  ): Promise<DeadLetterReplay> {
    try {
      return await this.atDesk((letters) => letters.replay(queue ? [queue] : QUEUES, isChosen));
    } finally {
      this.look.forget();
    }
  }

  private async atDesk<T>(work: (letters: DeadLetters) => Promise<T>): Promise<T> {
    await this.broker.requireBroker();
    const { connection, publisher } = this.broker;
    try {
      return await work(new DeadLetters(usherMessaging, this.database, connection, publisher));
    } catch (error) {
      if (error instanceof DeadLettersBusyError) throw new Problem('operation_busy', error.message);
      throw error;
    }
  }
}
