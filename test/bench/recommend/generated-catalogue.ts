import type { Database } from '#libs/database';
import type { SeededRandom } from '../../support/seeded-random.js';

export const TAGS = 1_000;

/**
 * Fills an empty catalogue: one to four tags an item, of a thousand that are as unevenly frequent as tags
 * are (log-uniform), a popularity that few items have much of, a tenth for some countries only. Repeatable.
 */
export async function fillCatalogue(database: Database, items: number): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query('SELECT setseed(0.42)');
    await transaction.query('INSERT INTO recommendation.catalogue (version) VALUES (1)');
    await transaction.query(
      `INSERT INTO recommendation.items (id, title, url, tags, language, countries, popularity)
       SELECT 'item-' || n, 'Item number ' || n, 'https://example.com/items/' || n,
              (SELECT array_agg(DISTINCT 'tag-' || floor(exp(random() * ln($2::float8)))::int)
                 FROM generate_series(0, n % 4)),
              CASE WHEN random() < 0.8 THEN 'en' ELSE 'zh-CN' END,
              CASE WHEN random() < 0.9 THEN '{}'::text[] ELSE '{DE,AT}' END,
              0.001 + 0.998 * power(random(), 4)
         FROM generate_series(1, $1::int) AS n`,
      [items, TAGS],
    );
  });
  await database.query('ANALYZE recommendation.items');
}

/** The interests of a person: from none to twenty, mostly around five, frequent tags more often. */
export function someInterests(random: SeededRandom): string[] {
  const count = random.next() < 0.05 ? 20 : Math.floor(random.between(0, 10));
  return Array.from({ length: count }, () => `tag-${Math.floor(TAGS ** random.next())}`);
}
