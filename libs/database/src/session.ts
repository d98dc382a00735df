import { Client, type QueryConfig } from 'pg';
import { preparedName } from './prepared-name.js';

/** Whether statements are prepared; `auto` finds out whether a pooler can hold them. */
export type Prepared = 'auto' | 'on' | 'off';

/** What is asked of every session of a pool. */
export interface SessionOptions {
  readonly prepared: Prepared;
  readonly statementTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
  /** How long the look at a new connection may take. */
  readonly timeoutMs: number;
}

/** What a new connection was found to be, and so how it is used. */
export interface Session {
  /** A pooler is between: what one statement sets for its session, the next one may not find. */
  readonly isPooled: boolean;
  readonly prepares: boolean;
  /** A statement outside a transaction has a time limit at the server. */
  readonly hasStatementTimeout: boolean;
  /** Begins a transaction. */
  readonly begin: string;
  /** Shared by all sessions that began in it: once it is over, none of them is used again. */
  readonly era: { over: boolean };
}

/** A connection that knows its session as soon as the pool hands it out. */
export class SessionClient extends Client {
  session!: Session;
}

interface Found {
  readonly isPooled: boolean;
  readonly isReadOnly: boolean;
  readonly keepsName: boolean;
  readonly hasStatementTimeout: boolean;
}

/**
 * One round trip that looks at a new connection, and sets what holds for it. A start-up parameter would be
 * refused by PgBouncer. A pooler's clients have process ids of its own; there a setting lasts for this statement
 * only, since other clients get the same server connection. A pooler that holds prepared statements gives
 * them other names on the server: https://www.pgbouncer.org/config.html#max_prepared_statements
 */
const LOOK = `
  SELECT "isPooled", "isReadOnly", "hasStatementTimeout",
         EXISTS (SELECT 1 FROM pg_prepared_statements WHERE name = $2) AS "keepsName",
         set_config('statement_timeout', $3, "isPooled"),
         set_config('idle_in_transaction_session_timeout', $4, "isPooled"),
         set_config('default_transaction_isolation', 'read committed', "isPooled")
    FROM (SELECT pg_backend_pid() IS DISTINCT FROM $1::int AS "isPooled",
                 current_setting('transaction_read_only')::boolean AS "isReadOnly",
                 current_setting('statement_timeout') <> '0' AS "hasStatementTimeout"
          OFFSET 0) AS found`;

const DUPLICATE_PREPARED_STATEMENT = '42P05';

/** Opens the sessions of one pool. */
export class Sessions {
  private era = { over: false };

  constructor(private readonly options: SessionOptions) {}

  /** @throws ReadOnlyError, which leaves the connection to a server that is no primary unused */
  async open(client: SessionClient): Promise<void> {
    if (this.era.over) this.era = { over: false };
    const { era } = this;
    const { isReadOnly, isPooled, keepsName, hasStatementTimeout } = await this.look(client);
    if (isReadOnly) throw new ReadOnlyError();
    const { prepared } = this.options;
    const prepares = prepared === 'auto' ? !isPooled || !keepsName : prepared === 'on';
    client.session = {
      isPooled,
      prepares,
      hasStatementTimeout: hasStatementTimeout || !isPooled,
      begin: isPooled ? this.beginWithSettings : 'BEGIN',
      era,
    };
  }

  private async look(client: SessionClient): Promise<Found> {
    if (this.options.prepared !== 'auto') return this.ask(client);
    try {
      return await this.ask(client, preparedName(LOOK));
    } catch (error) {
      if ((error as { code?: string }).code !== DUPLICATE_PREPARED_STATEMENT) throw error;
      // Another client of the pooler has prepared it on the same server connection.
      return { ...(await this.ask(client)), keepsName: true };
    }
  }

  private async ask(client: SessionClient, name?: string): Promise<Found> {
    const { statementTimeoutMs, idleInTransactionTimeoutMs, timeoutMs } = this.options;
    const { processID } = client as unknown as { processID: number | null };
    const question: QueryConfig & { query_timeout: number } = {
      text: LOOK,
      name,
      values: [processID, name, String(statementTimeoutMs), String(idleInTransactionTimeoutMs)],
      query_timeout: timeoutMs,
    };
    const { rows } = await client.query<Found>(question);
    return rows[0]!;
  }

  /** The settings of a session that a pooler would give to others; they cost no round trip. */
  private get beginWithSettings(): string {
    const { statementTimeoutMs, idleInTransactionTimeoutMs } = this.options;
    return (
      'BEGIN ISOLATION LEVEL READ COMMITTED; ' +
      `SET LOCAL statement_timeout = ${statementTimeoutMs}; ` +
      `SET LOCAL idle_in_transaction_session_timeout = ${idleInTransactionTimeoutMs}`
    );
  }
}

/** The server takes no writes. */
export class ReadOnlyError extends Error {
  override name = 'ReadOnlyError';
  /** read_only_sql_transaction */
  readonly code = '25006';

  constructor() {
    super('it is read only: a standby, or a primary that takes no writes now');
  }
}
