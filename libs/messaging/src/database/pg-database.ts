import type { Pool, PoolClient } from 'pg';
import type { Database, OpenTransaction } from './database.js';
import { rule } from './sqlstates.js';

/** The connections that were opened in one era are all given up when it is over, such as after a failover. */
interface Era {
  over: boolean;
}

/**
 * The database behind a pool of `pg`. A connection that broke, or that another server would serve better, never
 * goes back to the pool; one that breaks while it is idle is replaced.
 * @param pool of which each statement and each transaction takes a connection until its end
 * @throws Error as `pg` does, with the SQLSTATE as `code`: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function pgDatabase(pool: Pool): Database {
  const connections = new Connections(pool);
  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) => {
      const connection = await connections.take();
      try {
        return (await connection.send(sql, parameters)).rows as Row[];
      } finally {
        connection.release();
      }
    },
    begin: async () => PgTransaction.begin(await connections.take()),
  };
}

class Connections {
  private era: Era = { over: false };
  private readonly eras = new WeakMap<PoolClient, Era>();

  constructor(private readonly pool: Pool) {
    // Without a listener the end of an idle connection would end the process.
    pool.on('error', () => undefined);
  }

  async take(): Promise<PgConnection> {
    for (;;) {
      const client = await this.pool.connect();
      if (this.era.over) this.era = { over: false };
      const era = this.eras.get(client) ?? this.era;
      this.eras.set(client, era);
      if (!era.over) return new PgConnection(client, era);
      client.release(true);
    }
  }
}

/** One connection of the pool, in the use of one owner until it is released. */
class PgConnection {
  private broken: Error | undefined;
  private readonly onError = (error: Error) => (this.broken = error);

  constructor(
    private readonly client: PoolClient,
    private readonly era: Era,
  ) {
    client.on('error', this.onError);
  }

  async send(sql: string, parameters: readonly unknown[] = []) {
    try {
      return await this.client.query(sql, [...parameters]);
    } catch (error) {
      const { scope } = rule(error);
      if (scope === 'all connections') this.era.over = true;
      if (scope !== 'none') this.broken ??= error as Error;
      throw error;
    }
  }

  release(): void {
    this.client.off('error', this.onError);
    this.client.release(this.broken ?? this.era.over);
  }
}

class PgTransaction implements OpenTransaction {
  private readonly callbacks: (() => void)[] = [];
  private hasEnded = false;

  private constructor(private readonly connection: PgConnection) {}

  static async begin(connection: PgConnection): Promise<PgTransaction> {
    try {
      await connection.send('BEGIN ISOLATION LEVEL READ COMMITTED');
      return new PgTransaction(connection);
    } catch (error) {
      connection.release();
      throw error;
    }
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    // The connection may be another's by now.
    if (this.hasEnded) throw new Error('The transaction has ended');
    return (await this.connection.send(sql, parameters)).rows as Row[];
  }

  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  async commit(): Promise<void> {
    if (this.hasEnded) throw new Error('The transaction has ended');
    this.hasEnded = true;
    try {
      const { command } = await this.connection.send('COMMIT');
      // PostgreSQL answers so, without an error, when a statement failed before.
      if (command === 'ROLLBACK')
        throw new Error('Rolled back: a statement of this transaction failed');
    } finally {
      this.connection.release();
    }
    for (const callback of this.callbacks) callback();
  }

  /** Without effect when the transaction has ended; a connection that broke has rolled back already. */
  async rollback(): Promise<void> {
    if (this.hasEnded) return;
    this.hasEnded = true;
    try {
      await this.connection.send('ROLLBACK');
    } catch (error) {
      if (rule(error).meaning === 'defect') throw error;
    } finally {
      this.connection.release();
    }
  }
}
