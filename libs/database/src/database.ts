import type { EventEmitter } from 'node:events';
import type { DataSource, QueryRunner } from 'typeorm';
import { DatabaseUnavailableError, isConnectionError } from './database-errors.js';
import { inStatementSpan } from './statement-span.js';

/** Runs SQL with positional parameters (`$1`) and answers with the rows, those of RETURNING included. */
export interface Sql {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
}

/** A transaction that is open. */
export interface Transaction extends Sql {
  /** Runs once the transaction is committed, never when it is rolled back. Must not throw. */
  afterCommit(callback: () => void): void;
}

/** A transaction whose end is in the hands of its owner: exactly one of `commit` and `rollback`. */
export interface OpenTransaction extends Transaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** The one PostgreSQL database, over TypeORM's pool. */
export class Database implements Sql {
  constructor(private readonly dataSource: DataSource) {}

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await run<Row>(runner, sql, parameters);
    } finally {
      await runner.release();
    }
  }

  /** Commits when `work` resolves, rolls back when it rejects. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = await this.begin();
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  /** Opens a transaction on a connection of its own. */
  async begin(): Promise<OpenTransaction> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await watched(runner, 'BEGIN', () => runner.startTransaction());
    } catch (error) {
      await runner.release();
      throw error;
    }
    return new RunnerTransaction(runner);
  }
}

class RunnerTransaction implements OpenTransaction {
  private readonly callbacks: (() => void)[] = [];
  private ended = false;

  constructor(private readonly runner: QueryRunner) {}

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (this.ended) throw new Error('The transaction has ended');
    return run<Row>(this.runner, sql, parameters);
  }

  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  async commit(): Promise<void> {
    if (this.ended) throw new Error('The transaction has ended');
    await watched(this.runner, 'COMMIT', () => this.runner.commitTransaction());
    this.ended = true;
    await this.runner.release();
    for (const callback of this.callbacks) callback();
  }

  /** Without effect when the transaction has ended; a connection that broke has rolled back already. */
  async rollback(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    try {
      await watched(this.runner, 'ROLLBACK', () => this.runner.rollbackTransaction());
    } catch (error) {
      if (!isConnectionError(error)) throw error;
    } finally {
      await this.runner.release();
    }
  }
}

async function run<Row>(
  runner: QueryRunner,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const result = await watched(runner, sql, () => runner.query(sql, parameters as unknown[], true));
  return (result.records ?? []) as Row[];
}

/**
 * Runs `work` on the runner's connection and gives the connection up when that is what failed. TypeORM
 * would put it back into the pool unless it has reported its own end, which a silent one never does.
 */
async function watched<T>(runner: QueryRunner, sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await inStatementSpan(sql, work);
  } catch (error) {
    // TypeORM releases the runner itself when its connection breaks while nobody waits for an answer.
    if (!runner.isReleased && !isConnectionError(error)) throw error;
    const unavailable = new DatabaseUnavailableError(error);
    await giveUp(runner, unavailable);
    throw unavailable;
  }
}

async function giveUp(runner: QueryRunner, error: Error): Promise<void> {
  // There is none when connecting is what failed.
  const connection = (await runner.connect().catch(() => undefined)) as EventEmitter | undefined;
  if (connection && !runner.isReleased) connection.emit('error', error);
}
