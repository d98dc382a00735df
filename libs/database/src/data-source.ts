import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from './migrations/index.js';

/** How a process uses the database. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Connections at most. */
  poolSize?: number;
  entities?: DataSourceOptions['entities'];
}

const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** A TypeORM data source with bounded pool, connect and statement times; the schema comes from migrations only. */
export function createDataSource({
  url,
  applicationName,
  poolSize = 10,
  entities = [],
}: DatabaseOptions) {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName,
    entities,
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // An idle connection that breaks is replaced by the pool; the next query reports what is wrong.
    poolErrorHandler: () => undefined,
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, idle_in_transaction_session_timeout: 60_000 },
  });
}
