import type { DataSource } from 'typeorm';
import { Connection } from './connection.js';
import {
  DatabaseUnavailableError,
  runAgain,
  type Database as MessagingDatabase,
  type OpenTransaction,
  type Transaction,
} from '#libs/messaging';
import type { Session } from './session.js';

/** The one PostgreSQL database, over TypeORM's pool. */
export class Database implements MessagingDatabase {
  constructor(private readonly dataSource: DataSource) {}

  /** Runs one statement, or several without parameters; a conflict with others is met by {@link runAgain}. */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return runAgain(() => this.onConnection((connection) => connection.send(sql, parameters))).then(
      ({ rows }) => rows as Row[],
    );
  }

  /** Commits when `work` resolves, rolls back when it rejects; a conflict with others is met by {@link runAgain}. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return runAgain(async () => {
      const transaction = await this.begin();
      try {
        const result = await work(transaction);
        await transaction.commit();
        return result;
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    });
  }

  /** Opens a transaction on a connection of its own; it begins with the first statement. */
  async begin(): Promise<OpenTransaction> {
    return new ConnectionTransaction(await Connection.take(this.dataSource));
  }

  /**
   * Asks, by the path that all statements take, whether sign-ups can be written.
   * @throws DatabaseUnavailableError with the reason why not
   */
  checkWritable(): Promise<void> {
    return runAgain(() => this.onConnection((connection) => connection.checkWritable()));
  }

  /** How the connections are used, such as whether there is a pooler between. @throws DatabaseUnavailableError */
  session(): Promise<Session> {
    return this.onConnection(async ({ session }) => session);
  }

  private async onConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await Connection.take(this.dataSource);
    try {
      return await use(connection);
    } finally {
      connection.release();
    }
  }
}

class ConnectionTransaction implements OpenTransaction {
  private readonly callbacks: (() => void)[] = [];
  private begun: Promise<unknown> | undefined;
  private failure: unknown;
  private ended = false;

  constructor(private readonly connection: Connection) {}

  async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    if (this.ended) throw new Error('The transaction has ended');
    this.begun ??= this.connection.send(this.connection.session.begin);
    // Were BEGIN refused, what follows it in the same round trip would stand by itself.
    await this.begun;
    try {
      return (await this.connection.send(sql, parameters)).rows as Row[];
    } catch (error) {
      // What follows in the same round trip fails as well, of the transaction that is aborted.
      throw (this.failure ??= error);
    }
  }

  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  async commit(): Promise<void> {
    if (this.ended) throw new Error('The transaction has ended');
    // One without a statement has not begun.
    const answer = this.begun && (await this.connection.send('COMMIT'));
    this.ended = true;
    this.connection.release();
    // So PostgreSQL answers, without an error, when a statement had failed and its error was not passed on.
    if (answer?.command === 'ROLLBACK')
      throw new Error('Rolled back: a statement of this transaction failed');
    for (const callback of this.callbacks) callback();
  }

  /** Without effect when the transaction has ended; a connection that broke has rolled back already. */
  async rollback(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    try {
      if (this.begun) await this.connection.send('ROLLBACK');
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) throw error;
    } finally {
      this.connection.release();
    }
  }
}
