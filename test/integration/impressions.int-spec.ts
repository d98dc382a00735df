import { cleanImpressions } from '../../apps/recommendation-worker/src/impressions-cleaner.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db.drop());

describe('what people were shown', () => {
  it('is kept for ninety days', async () => {
    await db.database.query(
      `INSERT INTO recommendation.impressions
              (user_id, item_id, slot, shown_on, rank, model_version, catalogue_version)
       SELECT gen_random_uuid(), 'item', 'ranked', current_date - (days % 181), 1, 'model', 1
         FROM generate_series(0, 25000) AS days`,
    );
    await cleanImpressions(db.database);
    const [left] = await db.database.query(
      `SELECT count(*)::int AS rows, current_date - min(shown_on) AS oldest FROM recommendation.impressions`,
    );

    // 25,001 rows over 181 days: 139 on each of the first 23 days, else 138.
    expect(left).toEqual({ rows: 91 * 138 + 23, oldest: 90 });
  });
});
