import { parentPort } from 'node:worker_threads';
import type { CatalogueReading } from '../catalogue/catalogue-reader.js';
import { CatalogueIndex } from '../ranking/catalogue-index.js';
import { rank, type RankedList, type RankingQuery } from '../ranking/rank.js';

/** What a searcher is told. Until it has been given a whole catalogue it cannot be asked. */
export type SearcherRequest =
  | { readonly kind: 'use'; readonly reading: CatalogueReading }
  | { readonly kind: 'rank'; readonly id: number; readonly query: RankingQuery };

/** A searcher's answer to `rank`. */
export interface SearcherAnswer {
  readonly id: number;
  readonly list: RankedList;
}

let whole: Extract<CatalogueReading, { kind: 'whole' }> | undefined;
let index: CatalogueIndex | undefined;

parentPort!.on('message', (request: SearcherRequest) => {
  if (request.kind === 'use') index = indexWith(request.reading);
  else {
    const answer: SearcherAnswer = { id: request.id, list: rank(index!, request.query) };
    parentPort!.postMessage(answer);
  }
});

function indexWith(reading: CatalogueReading): CatalogueIndex {
  if (reading.kind === 'whole') whole = reading;
  const { segment: base, peopleWithTag } = whole!;
  const changes = reading.kind === 'changes' ? reading.segment : undefined;
  return new CatalogueIndex({ version: reading.version, base, changes, peopleWithTag });
}
