import { Worker } from 'node:worker_threads';
import type { CatalogueReading } from '../catalogue/catalogue-reader.js';
import type { RankedList, RankingQuery } from '../ranking/rank.js';
import { buffersOf } from '../ranking/segment-data.js';
import type { SearcherAnswer, SearcherRequest } from './searcher.thread.js';

/**
 * The thread that holds the index and searches it, so that no search keeps this one from acknowledging
 * messages. Nobody listens to its errors: one that it does not survive ends the process, and the broker
 * delivers again what was in hand.
 */
export class Searcher {
  private readonly thread = new Worker(new URL('./searcher.thread.js', import.meta.url), {
    name: 'searcher',
    execArgv: [],
  });
  private readonly asked = new Map<number, (list: RankedList) => void>();
  private lastId = 0;

  constructor() {
    this.thread.on('message', ({ id, list }: SearcherAnswer) => {
      this.asked.get(id)?.(list);
      this.asked.delete(id);
    });
  }

  /** Searches in this catalogue from now on; the memory of the segment is handed over. */
  use(reading: CatalogueReading): void {
    this.post({ kind: 'use', reading }, buffersOf(reading.segment));
  }

  /** Only after {@link use} was called with a whole catalogue. */
  rank(query: RankingQuery): Promise<RankedList> {
    const id = ++this.lastId;
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      this.post({ kind: 'rank', id, query });
    });
  }

  async stop(): Promise<void> {
    await this.thread.terminate();
  }

  private post(request: SearcherRequest, transfer: ArrayBuffer[] = []): void {
    this.thread.postMessage(request, transfer);
  }
}
