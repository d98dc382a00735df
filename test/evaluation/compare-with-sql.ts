import type { Database } from '#libs/database';
import { isDeepStrictEqual } from 'node:util';
import { readCatalogue } from '../../apps/recommendation-worker/src/catalogue/catalogue-reader.js';
import { CatalogueIndex } from '../../apps/recommendation-worker/src/ranking/catalogue-index.js';
import { topCandidates } from '../../apps/recommendation-worker/src/ranking/rank.js';
import type { SeededRandom } from '../support/seeded-random.js';
import { topBySql, type Scored } from './sql-oracle.js';

/** A question to which engine and SQL gave different answers. */
export interface Difference {
  readonly interests: readonly string[];
  readonly engine: readonly Scored[];
  readonly sql: readonly Scored[];
}

const MAX_ASKED = 20;
const LANGUAGES = ['en', 'zh-CN'];
const COUNTRIES = [undefined, 'DE', 'CN'];

/** Asks both the same random questions, scores compared to the billionth. Answers where they differ. */
export async function compareWithSql(
  database: Database,
  questions: number,
  random: SeededRandom,
): Promise<Difference[]> {
  // Without statistics the planner joins row by row.
  await database.query('ANALYZE');
  const reading = await database.transaction((transaction) => readCatalogue(transaction));
  if (reading.kind !== 'whole') throw new Error('asked for the whole catalogue');
  const index = new CatalogueIndex({ ...reading, base: reading.segment });
  const tags = [...reading.segment.tagNames, 'unheard-of'];
  const differences: Difference[] = [];
  for (let i = 0; i < questions; i++) {
    const count = Math.floor(random.between(0, 1) ** 2 * (MAX_ASKED + 1));
    const interests = random.shuffled(tags).slice(0, count);
    const audience = { language: random.pick(LANGUAGES), country: random.pick(COUNTRIES) };
    const candidates = topCandidates(index, index.weightsOf(interests), audience, 100);
    const engine = candidates.map(({ id, score }) => ({ id, score }));
    const sql = await topBySql(database, interests, audience);
    if (!isDeepStrictEqual(engine, sql)) differences.push({ interests, engine, sql });
  }
  return differences;
}
