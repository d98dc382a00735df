import type { Pool, PoolClient } from 'pg';
import type { Database, OpenTransaction } from './database.js';

/**
 * The database behind a pool of `pg`.
 * @param pool of which each transaction takes a connection until its end
 * @throws Error as `pg` does, with the SQLSTATE as `code`: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function pgDatabase(pool: Pool): Database {
  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await pool.query(sql, [...parameters])).rows as Row[],
    begin: async () => PgTransaction.begin(await pool.connect()),
  };
}

class PgTransaction implements OpenTransaction {
  private hasEnded = false;
  private broken: Error | undefined;
  private readonly onError = (error: Error) => (this.broken = error);

  private constructor(private readonly client: PoolClient) {
    client.on('error', this.onError);
  }

  static async begin(client: PoolClient): Promise<PgTransaction> {
    const transaction = new PgTransaction(client);
    try {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      return transaction;
    } catch (error) {
      transaction.release(error as Error);
      throw error;
    }
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query(sql, [...parameters])).rows as Row[];
  }

  async commit(): Promise<void> {
    const answer = await this.end('COMMIT');
    // PostgreSQL answers so, without an error, when a statement failed before.
    if (answer === 'ROLLBACK')
      throw new Error('Rolled back: a statement of this transaction failed');
  }

  async rollback(): Promise<void> {
    await this.end('ROLLBACK');
  }

  /** Without effect when the transaction has ended. */
  private async end(command: string): Promise<string | undefined> {
    if (this.hasEnded) return undefined;
    this.hasEnded = true;
    try {
      const answer = await this.client.query(command);
      this.release(this.broken);
      return answer.command;
    } catch (error) {
      // The server has rolled back what this connection began.
      this.release(error as Error);
      if (command === 'COMMIT') throw error;
      return undefined;
    }
  }

  private release(broken: Error | undefined): void {
    this.client.off('error', this.onError);
    this.client.release(broken);
  }
}
