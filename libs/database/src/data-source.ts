import { DataSource, type DataSourceOptions } from 'typeorm';
import { SessionClient, Sessions, type Prepared } from './session.js';

/** How a process uses the database. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Connections at most. */
  poolSize?: number;
  /** How long one statement may take. */
  statementTimeoutMs?: number;
  /** Whether statements are prepared: `auto` unless given. */
  prepared?: Prepared;
  entities?: DataSourceOptions['entities'];
}

// All four together stay below the 20 s that a handler has, so that a silent database is known as such
// and not taken for a failure of the handler.
const CONNECT_TIMEOUT_MS = 4_000;
const LOOK_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const SILENCE_MARGIN_MS = 2_000;

const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/** A TypeORM data source with bounded pool, connect and statement times; the schema comes from migrations only. */
export function createDataSource({
  url,
  applicationName,
  poolSize = 10,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
  prepared = 'auto',
  entities = [],
}: DatabaseOptions) {
  const sessions = new Sessions({
    prepared,
    statementTimeoutMs,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    timeoutMs: LOOK_TIMEOUT_MS,
  });
  return new DataSource({
    type: 'postgres',
    url,
    applicationName,
    entities,
    synchronize: false,
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // An idle connection that breaks is replaced by the pool; the next query reports what is wrong.
    poolErrorHandler: () => undefined,
    extra: {
      // A statement may follow another before that is answered: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
      pipeline: true,
      Client: SessionClient,
      onConnect: (client: SessionClient) => sessions.open(client),
      // By then a server that can be reached has given up the statement itself, and said so.
      query_timeout: statementTimeoutMs + SILENCE_MARGIN_MS,
    },
  });
}
