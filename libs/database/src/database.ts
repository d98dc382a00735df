import type { DataSource, QueryRunner } from 'typeorm';

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
      await runner.startTransaction();
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
    await this.runner.commitTransaction();
    this.ended = true;
    await this.runner.release();
    for (const callback of this.callbacks) callback();
  }

  /** Without effect when the transaction has ended; a connection that broke has rolled back already. */
  async rollback(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    try {
      await this.runner.rollbackTransaction();
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
  const result = await runner.query(sql, parameters as unknown[], true);
  return (result.records ?? []) as Row[];
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction
]);

/**
 * Whether the database could not be reached, or went away, as opposed to refusing the statement.
 * SQLSTATE class 08 and the codes of a server that stops, starts or is full:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (CONNECTION_CODES.has(code) || /^08...$/.test(code))) return true;
  return /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|database is shutting down/i.test(
    message,
  );
}

/** The name of the unique constraint that a statement violated, if that is why it failed. */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' ? constraint : undefined;
}
