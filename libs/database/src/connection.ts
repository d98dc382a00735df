import type { PoolClient, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { DatabaseUnavailableError, rule } from '#libs/messaging';
import { preparedName } from './prepared-name.js';
import { ReadOnlyError, type Session, type SessionClient } from './session.js';
import { inStatementSpan } from './statement-span.js';

type PooledClient = PoolClient & SessionClient;

/** Its parameter makes it a statement that is prepared, as what a sign-up sends. */
const IS_READ_ONLY = 'SELECT current_setting($1)::boolean AS "isReadOnly"';

/**
 * One connection of TypeORM's pool, in the hands of one user until it is released. Statements with parameters are
 * prepared, which TypeORM's own runner cannot do. One that breaks never goes back.
 */
export class Connection {
  private broken: Error | undefined;
  private readonly onError = (error: Error) => (this.broken = error);

  private constructor(
    private readonly client: PooledClient,
    private readonly giveBack: PoolClient['release'],
  ) {
    client.on('error', this.onError);
  }

  /** @throws DatabaseUnavailableError whatever the reason: no statement is at fault */
  static async take(dataSource: DataSource): Promise<Connection> {
    const driver = dataSource.driver as PostgresDriver;
    try {
      for (;;) {
        const [client, giveBack] = await driver.obtainMasterConnection();
        const connection = new Connection(
          client as PooledClient,
          giveBack as PoolClient['release'],
        );
        if (!connection.session.era.over) return connection;
        connection.release();
      }
    } catch (error) {
      throw new DatabaseUnavailableError(error);
    }
  }

  get session(): Session {
    return this.client.session;
  }

  /** @throws DatabaseUnavailableError when the connection fails, else what PostgreSQL says of the statement */
  async send(sql: string, parameters?: readonly unknown[]): Promise<QueryResult> {
    // Without parameters it may be several statements, which cannot be prepared.
    const statement = parameters
      ? { name: this.nameOf(sql), text: sql, values: [...parameters] }
      : { text: sql };
    try {
      return await inStatementSpan(sql, () => {
        this.gather();
        return this.client.query(statement);
      });
    } catch (error) {
      throw this.judge(error);
    }
  }

  /** @throws DatabaseUnavailableError when the server takes no writes */
  async checkWritable(): Promise<void> {
    const { rows } = await this.send(IS_READ_ONLY, ['transaction_read_only']);
    if ((rows[0] as { isReadOnly: boolean }).isReadOnly) throw this.judge(new ReadOnlyError());
  }

  release(): void {
    this.client.off('error', this.onError);
    this.giveBack(this.broken ?? this.session.era.over);
  }

  private nameOf(sql: string): string | undefined {
    return this.session.prepares ? preparedName(sql) : undefined;
  }

  /** Marks the connections that must not be used again, and answers what to throw. */
  private judge(error: unknown): unknown {
    const { scope, meaning } = rule(error);
    if (scope === 'all connections') this.session.era.over = true;
    if (scope === 'none' && !this.broken) return error;
    this.broken ??= error as Error;
    return meaning === 'run again' ? error : new DatabaseUnavailableError(error);
  }

  /** What is sent in the same turn of the event loop is written to the socket at once. */
  private gather(): void {
    const { stream } = this.client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }
}
