import type { Database } from '#libs/database';
import {
  BATCH,
  CatalogueWriter,
} from '../../apps/recommendation-worker/src/catalogue/catalogue-writer.js';
import type { ItemRecord } from '../../apps/recommendation-worker/src/catalogue/item-record.js';
import type { TaggedItem } from './data-set.js';
import type { Counts } from './learn.js';

/** Writes items and counts as imports and opened items would have, for the engine to read. */
export async function storeDataSet(
  database: Database,
  items: readonly TaggedItem[],
  { openedBy, peopleWithTag, affinities }: Counts,
  people: number,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const writer = await CatalogueWriter.begin(transaction);
    for (let first = 0; first < items.length; first += BATCH) {
      await writer.write(items.slice(first, first + BATCH).map(asRecord));
    }
    await writer.finish();
    await transaction.query(
      'INSERT INTO recommendation.readers (user_id) SELECT gen_random_uuid() FROM generate_series(1, $1)',
      [people],
    );
    const insert = (table: string, columns: string, rows: readonly object[]) =>
      transaction.query(
        `INSERT INTO recommendation.${table} SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (${columns})`,
        [JSON.stringify(rows)],
      );
    const rowsOf = (name: string, counts: ReadonlyMap<string, number>) =>
      [...counts].map(([key, count]) => ({ [name]: key, people: count }));
    await insert('item_counts', 'item_id text, people int', rowsOf('item_id', openedBy));
    await insert('tag_counts', 'tag text, people int', rowsOf('tag', peopleWithTag));
    await insert(
      'affinities',
      'tag text, item_id text, people int',
      affinities.map(({ tag, itemId, people: count }) => ({ tag, item_id: itemId, people: count })),
    );
  });
}

const asRecord = ({ id, tags }: TaggedItem): ItemRecord => ({
  id,
  tags: [...tags],
  title: id,
  url: `https://example.com/${id}`,
  language: 'en',
  countries: [],
  popularity: 0.5,
});
