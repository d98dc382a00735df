import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide } from '../../tools/embedded-stack/src/part.js';
import { postgres } from '../../tools/embedded-stack/src/parts/postgres.js';
import { SeededRandom } from '../support/seeded-random.js';
import { createTestDatabase } from '../support/test-database.js';
import { compareWithSql } from './compare-with-sql.js';
import type { DataSet } from './data-set.js';
import { learn } from './learn.js';
import { foldsOf } from './people.js';
import { storeDataSet } from './store-data-set.js';

/** Whether the engine and the formula in SQL agree. */
export interface Equivalence {
  readonly questions: number;
  readonly different: number;
  /** The interests of the first question that was answered differently. */
  readonly first?: readonly string[] | undefined;
}

const QUESTIONS = 200;

/** Stores the data in a PostgreSQL, of its own unless `DATABASE_URL` names one, and asks it and the engine. */
export async function checkAgainstSql(dataSet: DataSet, seed: number): Promise<Equivalence> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-evaluation-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
  const { url, stop } = await provide(postgres(join(directory, 'postgres')));
  try {
    const { database, drop } = await createTestDatabase(url);
    const random = new SeededRandom(seed);
    const [fold] = foldsOf(dataSet, random);
    const people = fold!.training;
    await storeDataSet(database, dataSet.items, learn(people), people.length);
    const differences = await compareWithSql(database, QUESTIONS, random);
    await drop();
    const first = differences[0]?.interests;
    return { questions: QUESTIONS, different: differences.length, first };
  } finally {
    await stop();
    await rm(directory, { recursive: true });
  }
}
