import type { recommendationOpened } from '#libs/contracts';
import type { EventOf } from '#libs/messaging';
import type { Sql } from '#libs/database';

/** Interests of one person that are counted; whoever declares others again and again adds no more. */
const MAX_INTERESTS_OF_A_READER = 100;

/**
 * Counts that a person has opened an item, for the item and for each of their interests. Once only, however
 * often they open it. Rows are locked in one order, so that two of these never wait for each other in a circle.
 */
export async function countOpened(
  transaction: Sql,
  { userId, itemId, interests }: EventOf<typeof recommendationOpened>['data'],
): Promise<void> {
  const [first] = await transaction.query(
    'INSERT INTO recommendation.opened (user_id, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1 AS one',
    [userId, itemId],
  );
  if (!first) return;
  await countReader(transaction, userId, interests);
  await transaction.query(
    `INSERT INTO recommendation.item_counts AS c (item_id, people) VALUES ($1, 1)
     ON CONFLICT (item_id) DO UPDATE SET people = c.people + 1`,
    [itemId],
  );
  await transaction.query(
    `INSERT INTO recommendation.affinities AS a (tag, item_id, people)
     SELECT tag, $2, 1 FROM unnest($1::text[]) AS tag GROUP BY tag ORDER BY tag
     ON CONFLICT (tag, item_id) DO UPDATE SET people = a.people + 1`,
    [interests, itemId],
  );
}

/** Counts the person for those of the interests for which they have not been counted yet. */
async function countReader(
  transaction: Sql,
  userId: string,
  interests: readonly string[],
): Promise<void> {
  const [reader] = await transaction.query<{ interests: string[] }>(
    // The update changes nothing: it locks the row, and lets it be returned.
    `INSERT INTO recommendation.readers AS r (user_id) VALUES ($1)
     ON CONFLICT (user_id) DO UPDATE SET user_id = r.user_id RETURNING interests`,
    [userId],
  );
  const counted = reader!.interests;
  const added = [...new Set(interests)]
    .filter((tag) => !counted.includes(tag))
    .slice(0, MAX_INTERESTS_OF_A_READER - counted.length);
  if (added.length === 0) return;
  await transaction.query(
    'UPDATE recommendation.readers SET interests = interests || $2::text[] WHERE user_id = $1',
    [userId, added],
  );
  await transaction.query(
    `INSERT INTO recommendation.tag_counts AS c (tag, people)
     SELECT tag, 1 FROM unnest($1::text[]) AS tag ORDER BY tag
     ON CONFLICT (tag) DO UPDATE SET people = c.people + 1`,
    [added],
  );
}
