import {
  readCatalogue,
  type Whole,
} from '../../apps/recommendation-worker/src/catalogue/catalogue-reader.js';
import { CatalogueWriter } from '../../apps/recommendation-worker/src/catalogue/catalogue-writer.js';
import type { ItemRecord } from '../../apps/recommendation-worker/src/catalogue/item-record.js';
import { loadSampleCatalogue } from '../../apps/recommendation-worker/src/catalogue/sample-catalogue.js';
import { countOpened } from '../../apps/recommendation-worker/src/count-interaction/interaction-counts.js';
import { CatalogueIndex } from '../../apps/recommendation-worker/src/ranking/catalogue-index.js';
import { rank } from '../../apps/recommendation-worker/src/ranking/rank.js';
import { compareWithSql } from '../evaluation/compare-with-sql.js';
import { SeededRandom } from '../support/seeded-random.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let db: TestDatabase;

beforeEach(async () => {
  db = await createTestDatabase();
});

afterEach(() => db.drop());

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const item = (id: string, change: Partial<ItemRecord> = {}): ItemRecord => ({
  id,
  title: id,
  url: `https://example.com/${id}`,
  tags: ['chess'],
  language: 'en',
  countries: [],
  popularity: 0.5,
  ...change,
});

const randomItems = (random: SeededRandom, count: number, name = 'item') =>
  Array.from({ length: count }, (_, i) =>
    item(`${name}-${i}`, {
      tags: random.shuffled(Array.from({ length: 30 }, (_tag, tag) => `tag-${tag}`)).slice(0, 3),
      language: random.pick(['en', 'en', 'zh-CN']),
      countries: random.pick([[], [], ['DE'], ['CN', 'DE']]),
      popularity: Math.ceil(random.next() * 20) / 21,
    }),
  );

const write = (items: readonly ItemRecord[]) =>
  db.database.transaction(async (transaction) => {
    const writer = await CatalogueWriter.begin(transaction);
    await writer.write(items);
    return writer.finish();
  });

const open = (person: number, itemId: string, interests: string[]) =>
  db.database.transaction((transaction) =>
    countOpened(transaction, { userId: uuid(person), itemId, interests }),
  );

const read = (since?: Whole) =>
  db.database.transaction((transaction) => readCatalogue(transaction, since));

async function readWhole() {
  const reading = await read();
  if (reading.kind !== 'whole') throw new Error('expected the whole catalogue');
  return reading;
}

const indexOf = ({ segment, ...reading }: Awaited<ReturnType<typeof readWhole>>) =>
  new CatalogueIndex({ ...reading, base: segment });

describe('the index', () => {
  it('answers 200 random questions as SQL does, to the billionth', async () => {
    const random = new SeededRandom(11);
    await write(randomItems(random, 3_000));
    for (let i = 0; i < 400; i++) {
      const interests = random.shuffled(['tag-1', 'tag-2', 'tag-3', 'tag-4', 'other']).slice(0, 2);
      await open(i % 60, `item-${Math.floor(random.next() ** 4 * 300)}`, interests);
    }
    const [counted] = await db.database.query<{ affinities: number }>(
      'SELECT count(*)::int AS affinities FROM recommendation.affinities WHERE people >= 2',
    );
    expect(counted!.affinities).toBeGreaterThan(50);

    expect(await compareWithSql(db.database, 200, random)).toEqual([]);
  });

  it('answers as SQL does on the sample catalogue', async () => {
    await loadSampleCatalogue(db.database);

    expect(await compareWithSql(db.database, 50, new SeededRandom(12))).toEqual([]);
  });

  it('gives identical bytes each time it is read', async () => {
    await write(randomItems(new SeededRandom(13), 500));
    const query = { interests: ['tag-1', 'tag-2'], language: 'en', limit: 20, explorationKey: 'x' };
    const first = JSON.stringify(rank(indexOf(await readWhole()), query));
    // Rewritten rows lie elsewhere in the table and are read in another order.
    await db.database.query('UPDATE recommendation.items SET title = title || title');
    const second = JSON.stringify(
      rank(indexOf(await readWhole()), { ...query, interests: ['tag-2', 'tag-1'] }),
    );

    expect(second).toBe(first);
  });

  it('takes what is new, and was opened by nobody, for exploration', async () => {
    await write([item('old'), item('new'), item('opened')]);
    await db.database.query(
      `UPDATE recommendation.items SET added_at = now() - interval '40 days' WHERE id = 'old'`,
    );
    await open(1, 'opened', ['chess']);
    const { segment } = await readWhole();
    const [index] = new CatalogueIndex({ version: 1, base: segment, peopleWithTag: new Map() })
      .segments;

    expect(Array.from(segment.newDocuments, (document) => index!.idOf(document))).toEqual(['new']);
  });
});

describe('changes', () => {
  it('are read alone, and with them the index answers as one that was read anew', async () => {
    const random = new SeededRandom(14);
    await write(randomItems(random, 600));
    for (let person = 0; person < 20; person++) await open(person, `item-${person}`, ['tag-1']);
    const whole = await readWhole();
    await write([...randomItems(random, 40), ...randomItems(random, 30, 'added')]);
    const since = { version: whole.version, people: whole.segment.people };
    const changes = await read(since);

    expect(changes).toMatchObject({ kind: 'changes', version: 2 });
    const { segment: base, peopleWithTag } = whole;
    const patched = new CatalogueIndex({
      version: 2,
      base,
      peopleWithTag,
      changes: changes.segment,
    });
    const anew = indexOf(await readWhole());
    expect(patched.size).toBe(630);
    for (const interests of [['tag-1'], ['tag-2', 'tag-9'], []]) {
      const query = { interests, language: 'zh-CN', country: 'DE', limit: 20 };
      expect(rank(patched, query)).toEqual(rank(anew, query));
    }
  });

  it('are measured by the people whom the index knows, not by those who came since', async () => {
    await write([item('known', { popularity: 0.8 }), item('changed', { popularity: 0.7 })]);
    const whole = await readWhole();
    for (let person = 0; person < 9; person++) await open(person, 'known', ['chess']);
    await open(9, 'changed', ['chess']);
    await write([item('changed', { popularity: 0.9 })]);
    const since = { version: whole.version, people: whole.segment.people };
    const { segment: changes } = await read(since);
    const index = new CatalogueIndex({ ...whole, base: whole.segment, changes });

    const { items } = rank(index, { interests: [], language: 'en', limit: 20 });
    expect(items.map(({ itemId }) => itemId)).toEqual(['changed', 'known']);
    expect(items[0]!.score).toBeCloseTo(Math.log(0.9), 9);
  });

  it('that are too many are read as a whole', async () => {
    await write([item('first')]);
    const since = { version: 1, people: 0 };
    await write(Array.from({ length: 10_000 }, (_, i) => item(`item-${i}`)));
    expect(await read(since)).toMatchObject({ kind: 'changes' });
    await write([item('one-more')]);

    expect(await read(since)).toMatchObject({ kind: 'whole', version: 3 });
  });
});

describe('an empty catalogue', () => {
  it('is no catalogue', async () => {
    await expect(read()).rejects.toThrow('run `usher migrate`');
  });
});
