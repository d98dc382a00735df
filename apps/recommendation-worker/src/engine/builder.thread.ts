import { Client } from 'pg';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { readCatalogue, type Whole } from '../catalogue/catalogue-reader.js';
import { buffersOf } from '../ranking/segment-data.js';

/** What a builder is started with. */
export interface BuilderTask {
  readonly databaseUrl: string;
  /** The index that there is, if any. */
  readonly since?: Whole | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 120_000;

// Reads and builds once, then ends; searching and acknowledging come first. On Linux the priority is the
// thread's, elsewhere it would be that of the whole process: setpriority(2), "C library/kernel differences".
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
// The plain driver, since TypeORM takes longer to load than ten thousand changes to be read.
const { databaseUrl, since } = workerData as BuilderTask;
const client = new Client({
  connectionString: databaseUrl,
  application_name: 'usher recommendation-worker builder',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  query_timeout: STATEMENT_TIMEOUT_MS,
});
await client.connect();
try {
  // Not as a start-up parameter, which PgBouncer refuses, and not for the session, which others may get.
  await client.query(`BEGIN; SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
  const transaction = {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[],
  };
  const reading = await readCatalogue(transaction, since);
  parentPort!.postMessage(reading, buffersOf(reading.segment));
} finally {
  await client.end();
}
