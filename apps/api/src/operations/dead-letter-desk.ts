import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import {
  DeadLetters,
  DeadLettersBusyError,
  type DeadLetterDetail,
  type DeadLetterLook,
  type DeadLetterReplay,
  Messaging,
} from '#libs/messaging';
import { SharedLook } from '#libs/service-defaults';
import { Problem } from '../http/problem.js';
import { BrokerAccess } from './broker-access.js';

/** To look is to take every letter in hand: not more often than this. */
const LOOK_MAX_AGE_MS = 3_000;
const TIMEOUT_MS = 30_000;

/** The dead letters of all queues, as operators see and send them back. */
@Injectable()
export class DeadLetterDesk {
  private readonly look: SharedLook<DeadLetterLook>;
  private readonly queues: readonly string[];

  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly broker: BrokerAccess,
  ) {
    this.queues = messaging.subscriptions.map(({ consumer }) => consumer);
    this.look = new SharedLook(LOOK_MAX_AGE_MS, () =>
      this.atDesk((deadLetters) => deadLetters.list(this.queues, AbortSignal.timeout(TIMEOUT_MS))),
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
      return await this.atDesk((deadLetters) =>
        deadLetters.replay(queue ? [queue] : this.queues, isChosen),
      );
    } finally {
      this.look.forget();
    }
  }

  private async atDesk<T>(work: (deadLetters: DeadLetters) => Promise<T>): Promise<T> {
    await this.broker.requireBroker();
    const { connection, publisher } = this.broker;
    try {
      return await work(new DeadLetters(this.messaging, this.database, connection, publisher));
    } catch (error) {
      if (error instanceof DeadLettersBusyError) throw new Problem('operation_busy', error.message);
      throw error;
    }
  }
}
