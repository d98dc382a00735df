import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CatalogueReading } from '../catalogue/catalogue-reader.js';
import type { BuilderTask } from './builder.thread.js';

/** What reading and building may take of the heap; the segment itself lies outside. */
const MAX_HEAP_MB = 256;

/** Reads the catalogue and builds its segment in a thread that lives as long as that takes. */
export async function buildCatalogue(
  task: BuilderTask,
  signal: AbortSignal,
): Promise<CatalogueReading> {
  const thread = new Worker(new URL('./builder.thread.js', import.meta.url), {
    name: 'builder',
    workerData: task,
    // What the driver warns of, the process itself has logged: it is given the same address.
    execArgv: ['--no-warnings'],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  try {
    const [reading] = (await once(thread, 'message', { signal })) as [CatalogueReading];
    return reading;
  } finally {
    await thread.terminate();
  }
}
