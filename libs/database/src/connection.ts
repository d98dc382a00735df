import type { PoolClient, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { DatabaseUnavailableError, isConnectionError } from './database-errors.js';
import { preparedName } from './prepared-name.js';
import { inStatementSpan } from './statement-span.js';

/**
 * One connection of TypeORM's pool, in the hands of one user until it is released. Statements with parameters are
 * prepared, which TypeORM's own runner cannot do. One that breaks never goes back.
 */
export class Connection {
  private broken: Error | undefined;
  private readonly onError = (error: Error) => (this.broken = error);

  private constructor(
    private readonly client: PoolClient,
    private readonly giveBack: PoolClient['release'],
  ) {
    client.on('error', this.onError);
  }

  /** @throws DatabaseUnavailableError */
  static async take(dataSource: DataSource): Promise<Connection> {
    const driver = dataSource.driver as PostgresDriver;
    try {
      const [client, giveBack] = await driver.obtainMasterConnection();
      return new Connection(client as PoolClient, giveBack as PoolClient['release']);
    } catch (error) {
      // Also a certificate that has expired, or a password that was changed: no statement is at fault.
      throw new DatabaseUnavailableError(error);
    }
  }

  /** @throws DatabaseUnavailableError when the connection fails, else what PostgreSQL says of the statement */
  async send(sql: string, parameters?: readonly unknown[]): Promise<QueryResult> {
    // Without parameters it may be several statements, which cannot be prepared.
    const statement = parameters
      ? { name: preparedName(sql), text: sql, values: [...parameters] }
      : { text: sql };
    try {
      return await inStatementSpan(sql, () => {
        this.gather();
        return this.client.query(statement);
      });
    } catch (error) {
      if (!this.broken && !isConnectionError(error)) throw error;
      this.broken ??= error as Error;
      throw new DatabaseUnavailableError(error);
    }
  }

  /** What is sent in the same turn of the event loop is written to the socket at once. */
  private gather(): void {
    const { stream } = this.client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  release(): void {
    this.client.off('error', this.onError);
    this.giveBack(this.broken);
  }
}
