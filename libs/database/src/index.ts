export { whileAlone } from './advisory-lock.js';
export { pendingMigrations } from './applied-migrations.js';
export { createDataSource, type DatabaseOptions } from './data-source.js';
export { Database, type OpenTransaction, type Sql, type Transaction } from './database.js';
export {
  isDatabaseUnavailable,
  isStatementTimeout,
  violatedUniqueConstraint,
} from './database-errors.js';
export {
  migrate,
  MIGRATION_CONNECTIONS,
  MigrationBlockedError,
  type MigrateOptions,
} from './migrate.js';
export { migrations } from './migrations/index.js';
export { runAgain } from './run-again.js';
export { type Prepared, type Session } from './session.js';
