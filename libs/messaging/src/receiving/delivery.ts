import type { Database, OpenTransaction, Transaction } from '../database/database.js';
import { isStatementTimeout } from '../database/database-errors.js';
import type { DeliveryKey, DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { LeaseHeldError } from '../retry/errors.js';

/** What a handler may know about, and do with, the delivery. */
export interface Delivery {
  readonly consumer: string;
  readonly eventId: string;
  /** 1 at the first attempt. */
  readonly attempt: number;
  /** Fires when the handler has run out of time; its effects are then no longer wanted. */
  readonly signal: AbortSignal;
  /**
   * Runs an effect that is one statement, together with the ledger row and in one round trip. It takes its
   * rows `FROM delivery`, a table that has one row when the event is handled for the first time, and none
   * when it was handled before. It is committed by then: the last thing that a handler does.
   * @throws Error in a subscription whose effect is `external`
   */
  effect(sql: string, parameters: readonly unknown[]): Promise<void>;
  /**
   * Runs `work`, an effect of several statements, in the one transaction that also holds the ledger row; it is opened at the first call and
   * committed after the handler has returned. When the event was handled before, `work` is not run and
   * the answer is undefined.
   * @throws Error in a subscription whose effect is `external`: there is no such transaction
   */
  inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T | undefined>;
}

/** A delivery whose effect is rows in PostgreSQL: effect and ledger row commit together. */
export class TransactionalDelivery implements Delivery {
  /** Set as soon as the one statement of {@link effect} is under way. */
  private effected: Promise<boolean> | undefined;
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

  async effect(sql: string, parameters: readonly unknown[]): Promise<void> {
    this.signal.throwIfAborted();
    if (this.effected || this.opening) throw new Error('A delivery has one effect');
    if (!READS_DELIVERY.test(sql)) throw new Error('An effect takes its rows FROM delivery');
    this.effected = heldAsSuch(this.ledger.markDoneWith(sql, parameters, this.key, this.attempt));
    await this.effected;
  }

  async inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T | undefined> {
    this.signal.throwIfAborted();
    if (this.effected) throw new Error('A delivery has one effect');
    this.opening ??= this.open();
    const { transaction, fresh } = await this.opening;
    return fresh ? await work(transaction) : undefined;
  }

  /** Commits effect and ledger row. Answers whether this was the first time. */
  async commit(): Promise<'done' | 'duplicate'> {
    if (this.effected) return (await this.effected) ? 'done' : 'duplicate';
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
        fresh: await heldAsSuch(this.ledger.markDone(transaction, this.key, this.attempt)),
      };
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }
}

const READS_DELIVERY = /\bFROM delivery\b/;

/** A row that stays locked is held by a copy whose transaction is open, or was left open by a connection that broke. */
function heldAsSuch(marking: Promise<boolean>): Promise<boolean> {
  return marking.catch((error: unknown) => {
    if (!isStatementTimeout(error)) throw error;
    throw new LeaseHeldError('another copy is being handled', { cause: error });
  });
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

  effect(): Promise<never> {
    throw this.noTransaction();
  }

  inTransaction(): Promise<never> {
    throw this.noTransaction();
  }

  private noTransaction(): Error {
    return new Error(
      `${this.consumer} declares an external effect: it has no transaction of its own`,
    );
  }
}
