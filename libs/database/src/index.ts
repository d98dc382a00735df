export { whileAlone } from './advisory-lock.js';
export { createDataSource, type DatabaseOptions } from './data-source.js';
export {
  Database,
  isConnectionError,
  violatedUniqueConstraint,
  type OpenTransaction,
  type Sql,
  type Transaction,
} from './database.js';
export { migrate } from './migrate.js';
