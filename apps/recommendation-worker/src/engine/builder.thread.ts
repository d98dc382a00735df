import { createDataSource, Database } from '#libs/database';
import { parentPort, workerData } from 'node:worker_threads';
import { readCatalogue, type Whole } from '../catalogue/catalogue-reader.js';
import { buffersOf } from '../ranking/segment-data.js';

/** What a builder is started with. */
export interface BuilderTask {
  readonly databaseUrl: string;
  /** The index that there is, if any. */
  readonly since?: Whole | undefined;
}

const STATEMENT_TIMEOUT_MS = 120_000;

// Reads and builds once, then ends: a rebuild takes nothing from whoever is searching but the processor.
const { databaseUrl, since } = workerData as BuilderTask;
const dataSource = await createDataSource({
  url: databaseUrl,
  applicationName: 'usher recommendation-worker builder',
  poolSize: 1,
  statementTimeoutMs: STATEMENT_TIMEOUT_MS,
}).initialize();
try {
  const reading = await readCatalogue(new Database(dataSource), since);
  parentPort!.postMessage(reading, buffersOf(reading.segment));
} finally {
  await dataSource.destroy();
}
