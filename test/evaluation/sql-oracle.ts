import type { Sql } from '#libs/database';
import { hash } from '../../apps/recommendation-worker/src/ranking/hash.js';
import type { Audience } from '../../apps/recommendation-worker/src/ranking/availability.js';

/** A document's id and score in billionths. */
export interface Scored {
  readonly id: string;
  readonly score: number;
}

/**
 * The formula once more, written in SQL over the tables themselves, without any index: slow, and the judge
 * of the engine. The best hundred before variety and exploration.
 */
export async function topBySql(
  sql: Sql,
  interests: readonly string[],
  { language, country }: Audience,
): Promise<Scored[]> {
  const rows = await sql.query<Scored>(
    `WITH asked AS (SELECT DISTINCT tag FROM unnest($1::text[]) AS tag),
     carried AS (
       SELECT tag, count(*)::float8 AS items
         FROM recommendation.items, unnest(tags) AS tag WHERE tag IN (SELECT tag FROM asked) GROUP BY tag),
     weights AS (
       SELECT tag, round(1e9 * (0.3 * ln(1 + (SELECT count(*) FROM recommendation.items)::float8 / c.items) * 10)
                             / (10 + coalesce(t.people, 0))) AS weight
         FROM carried AS c LEFT JOIN recommendation.tag_counts AS t USING (tag)),
     offered AS (
       SELECT i.id, i.tags, (coalesce(c.people, 0) + i.popularity)
                            / ((SELECT count(*) FROM recommendation.readers) + 1) AS p
         FROM recommendation.items AS i LEFT JOIN recommendation.item_counts AS c ON c.item_id = i.id
        WHERE i.language IN ('en', $2) AND (i.countries = '{}' OR $3 = ANY (i.countries))),
     strongest AS (
       SELECT tag, item_id, people, row_number() OVER (PARTITION BY tag ORDER BY people DESC, item_id) AS place
         FROM recommendation.affinities WHERE people >= 2 AND tag IN (SELECT tag FROM weights)),
     terms AS (
       SELECT id, round(1e9 * ln(p)) AS term FROM offered
       UNION ALL
       SELECT id, weight FROM offered CROSS JOIN unnest(tags) AS tag JOIN weights USING (tag)
       UNION ALL
       SELECT id, round(1e9 * ln(1 + people / (100 * p)))
         FROM strongest JOIN offered ON item_id = id WHERE place <= 1000)
     SELECT id, sum(term) AS score FROM terms GROUP BY id
      ORDER BY score DESC FETCH FIRST 100 ROWS WITH TIES`,
    [interests, language, country ?? null],
  );
  return rows
    .toSorted((a, b) => b.score - a.score || hash(a.id) - hash(b.id) || (a.id < b.id ? -1 : 1))
    .slice(0, 100);
}
