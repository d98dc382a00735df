import { country, interestTag, locale } from '#libs/contracts';
import type { Database } from '#libs/database';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const interest = z.strictObject({
  tag: interestTag,
  en: z.string().min(1),
  'zh-CN': z.string().min(1),
});

const item = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,80}$/),
  title: z.string().min(1).max(200),
  url: z.url({ protocol: /^https$/ }),
  tags: z.array(interestTag).min(1).max(8),
  language: locale,
  countries: z.array(country),
  popularity: z.number().gt(0).lt(1),
  publishedAt: z.iso.date().optional(),
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
      .map((line) => item.parse(JSON.parse(line))),
  };
}

/** Loads the sample into an empty catalogue; answers how many items were written (0: there is one already). */
export async function loadSampleCatalogue(database: Database): Promise<number> {
  const { interests, items } = await readSampleCatalogue();
  return database.transaction(async (transaction) => {
    const [first] = await transaction.query(
      'INSERT INTO recommendation.catalogue (version) VALUES (1) ON CONFLICT DO NOTHING RETURNING version',
    );
    if (!first) return 0;
    await transaction.query(
      `INSERT INTO recommendation.interests (tag, labels)
       SELECT tag, labels FROM jsonb_to_recordset($1::jsonb) AS i (tag text, labels jsonb)`,
      [JSON.stringify(interests.map(({ tag, ...labels }) => ({ tag, labels })))],
    );
    await transaction.query(
      `INSERT INTO recommendation.items (id, title, url, tags, language, countries, popularity, published_at)
       SELECT id, title, url, tags, language, countries, popularity, "publishedAt"
         FROM jsonb_to_recordset($1::jsonb) AS i (id text, title text, url text, tags text[], language text,
              countries text[], popularity float8, "publishedAt" date)`,
      [JSON.stringify(items)],
    );
    return items.length;
  });
}
