import { interestTag } from '#libs/contracts';
import type { Database } from '#libs/database';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CatalogueWriter } from './catalogue-writer.js';
import { itemRecord } from './item-record.js';

const interest = z.strictObject({
  tag: interestTag,
  en: z.string().min(1),
  'zh-CN': z.string().min(1),
});

const read = (name: string) => readFile(new URL(`./sample/${name}`, import.meta.url), 'utf8');

/** The sample that ships with Usher: real titles and links, chosen for this project, not a product's data. */
export async function readSampleCatalogue() {
  const [interests, items] = await Promise.all([read('interests.json'), read('items.jsonl')]);
  return {
    interests: z.array(interest).parse(JSON.parse(interests)),
    items: items
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => itemRecord.parse(JSON.parse(line))),
  };
}

/** Loads the sample into an empty catalogue; answers how many items were written (0: there is one already). */
export async function loadSampleCatalogue(database: Database): Promise<number> {
  const { interests, items } = await readSampleCatalogue();
  return database.transaction(async (transaction) => {
    const [existing] = await transaction.query('SELECT 1 FROM recommendation.catalogue');
    if (existing) return 0;
    const writer = await CatalogueWriter.begin(transaction);
    // Another process was faster: it had the catalogue's row locked.
    if (writer.previousVersion > 0) return 0;
    await transaction.query(
      `INSERT INTO recommendation.interests (tag, labels)
       SELECT tag, labels FROM jsonb_to_recordset($1::jsonb) AS i (tag text, labels jsonb)`,
      [JSON.stringify(interests.map(({ tag, ...labels }) => ({ tag, labels })))],
    );
    await writer.write(items);
    await writer.finish();
    return items.length;
  });
}
