import {
  isStatementTimeout,
  type Database,
  type OpenTransaction,
  type Transaction,
} from '#libs/database';
import type { DeliveryKey, DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { LeaseHeldError } from './errors.js';

/** What a handler may know about, and do with, the delivery in hand. */
export interface Delivery {
  readonly consumer: string;
  readonly eventId: string;
  /** 1 at the first attempt. */
  readonly attempt: number;
  /** Fires when the handler has run out of time; its effects are then no longer wanted. */
  readonly signal: AbortSignal;
  /**
   * Runs `work` in the one transaction that also holds the ledger row; it is opened at the first call and
   * committed after the handler has returned. When the event was handled before, `work` is not run and
   * the answer is undefined.
   * @throws Error in a subscription whose effect is `external`: there is no such transaction
   */
  inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T | undefined>;
}

/** A delivery whose effect is rows in PostgreSQL: effect and ledger row commit together. */
export class TransactionalDelivery implements Delivery {
  private opening: Promise<{ transaction: OpenTransaction; fresh: boolean }> | undefined;

  constructor(
    private readonly key: DeliveryKey,
    readonly attempt: number,
    readonly signal: AbortSignal,
    private readonly database: Database,
    private readonly ledger: DeliveryLedger,
  ) {}

  get consumer(): string {
    return this.key.consumer;
  }

  get eventId(): string {
    return this.key.eventId;
  }

  async inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T | undefined> {
    this.signal.throwIfAborted();
    this.opening ??= this.open();
    const { transaction, fresh } = await this.opening;
    return fresh ? await work(transaction) : undefined;
  }

  /** Commits effect and ledger row. Answers whether this was the first time. */
  async commit(): Promise<'done' | 'duplicate'> {
    this.signal.throwIfAborted();
    this.opening ??= this.open();
    const { transaction, fresh } = await this.opening;
    await transaction.commit();
    return fresh ? 'done' : 'duplicate';
  }

  async rollback(): Promise<void> {
    // A transaction that could not be opened has told its own caller so.
    const opened = await this.opening?.catch(() => undefined);
    await opened?.transaction.rollback();
  }

  private async open() {
    const transaction = await this.database.begin();
    try {
      return {
        transaction,
        fresh: await this.ledger.markDone(transaction, this.key, this.attempt),
      };
    } catch (error) {
      await transaction.rollback();
      // The row is locked by a copy whose transaction is open, or was left open by a connection that broke.
      if (isStatementTimeout(error)) {
        throw new LeaseHeldError('another copy is being handled', { cause: error });
      }
      throw error;
    }
  }
}

/** A delivery whose effect is outside the database, guarded by a committed lease. */
export class ExternalDelivery implements Delivery {
  constructor(
    private readonly key: DeliveryKey,
    readonly attempt: number,
    readonly signal: AbortSignal,
  ) {}

  get consumer(): string {
    return this.key.consumer;
  }

  get eventId(): string {
    return this.key.eventId;
  }

  inTransaction(): Promise<never> {
    throw new Error(
      `${this.consumer} declares an external effect: it has no transaction of its own`,
    );
  }
}
