import type { Database } from '#libs/database';
import { readCatalogue } from '../../../apps/recommendation-worker/src/catalogue/catalogue-reader.js';
import { CatalogueIndex } from '../../../apps/recommendation-worker/src/ranking/catalogue-index.js';
import { rank } from '../../../apps/recommendation-worker/src/ranking/rank.js';
import { buffersOf } from '../../../apps/recommendation-worker/src/ranking/segment-data.js';
import { topBySql } from '../../evaluation/sql-oracle.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { percentiles, type Percentiles } from '../../support/percentiles.js';
import { someInterests } from './generated-catalogue.js';

/** Times in milliseconds. */
export interface EngineResult {
  readonly items: number;
  readonly request: Percentiles;
  /** The same in SQL. */
  readonly sql: Percentiles;
  readonly read: number;
  /** After the rows are read. */
  readonly build: number;
  /** Of the typed arrays, in MB. */
  readonly arrays: number;
}

const WARM_UP = 100;
const REQUESTS = 2_000;
const SQL_REQUESTS = 10;

/** The ranking in this process, and the same questions answered by a GROUP BY in PostgreSQL. */
export async function benchEngine(database: Database): Promise<EngineResult> {
  const reading = await database.transaction((transaction) => readCatalogue(transaction));
  if (reading.kind !== 'whole') throw new Error('asked for the whole catalogue');
  const index = new CatalogueIndex({ ...reading, base: reading.segment });
  const bytes = buffersOf(reading.segment).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const random = new SeededRandom(7);
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + REQUESTS; i++) {
    const interests = someInterests(random);
    const startedAt = performance.now();
    rank(index, { interests, language: 'en', limit: 20, explorationKey: `person-${i}` });
    if (i >= WARM_UP) times.push(performance.now() - startedAt);
  }
  const sqlTimes: number[] = [];
  for (let i = 0; i < SQL_REQUESTS; i++) {
    const interests = someInterests(random);
    const startedAt = performance.now();
    await topBySql(database, interests, { language: 'en' });
    sqlTimes.push(performance.now() - startedAt);
  }
  return {
    items: reading.segment.size,
    request: percentiles(times),
    sql: percentiles(sqlTimes),
    read: Math.round(reading.took.reading),
    build: Math.round(reading.took.building),
    arrays: Math.round(bytes / 1e5) / 10,
  };
}
