export { pendingMigrations } from './applied-migrations.js';
export { createDataSource, type DatabaseOptions } from './data-source.js';
export { Database } from './database.js';
export {
  migrate,
  MIGRATION_CONNECTIONS,
  MigrationBlockedError,
  type MigrateOptions,
} from './migrate.js';
export { migrations } from './migrations/index.js';
export { type Prepared, type Session } from './session.js';
export {
  isDatabaseUnavailable,
  whileAlone,
  type OpenTransaction,
  type Sql,
  type Transaction,
} from '#libs/messaging';
