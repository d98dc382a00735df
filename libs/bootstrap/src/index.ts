export { DatabaseConfig } from './database.config.js';
export type { Front, FrontAnswer, FrontRequest } from './front.js';
export { HttpConfig } from './http.config.js';
export { runApi } from './run-api.js';
export { runWorker } from './run-worker.js';
export { UsherConfig } from './usher.config.js';
export { waitForDatabase } from './wait-for-database.js';
