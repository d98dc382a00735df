import { migrateDatabase } from '../../tools/usher-cli/src/migrate-database.js';
import { deleteExpiredRows } from '../../apps/api/src/upkeep/expired-rows.js';
import { createTestDatabase } from '../support/test-database.js';

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>;

const USER = '01890a5d-ac96-774b-bcce-b302099a8058';
let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  await migrateDatabase(test.url);
  await test.database.query(
    `INSERT INTO accounts.users (id, email, display_name, password_hash, locale, registration_event_id)
     VALUES ($1, 'mike@example.com', 'Mike', '', 'en', $1)`,
    [USER],
  );
});

afterAll(() => test.drop());

/** Writes `expired` rows that are over, and three that are not, into each table. */
async function fill(expired: number): Promise<void> {
  const ages = `(SELECT generate_series(1, ${expired}) AS n, interval '-1 second' AS left
                 UNION ALL SELECT generate_series(-3, -1), interval '1 hour') AS row`;
  await test.database.query(
    `INSERT INTO accounts.sessions (id, user_id, token_hash, expires_at)
     SELECT gen_random_uuid(), '${USER}', sha256(n::text::bytea), now() + row.left FROM ${ages}`,
  );
  await test.database.query(
    `INSERT INTO accounts.idempotency_keys (key, user_id, request_hmac, created_at)
     SELECT 'key ' || n, '${USER}', '', now() - interval '24 hours' + row.left FROM ${ages}`,
  );
  await test.database.query(
    `INSERT INTO accounts.rate_limits (key, points, expire)
     SELECT 'limit:' || n, 1, extract(epoch FROM now() + row.left) * 1000 FROM ${ages}`,
  );
  await test.database.query(
    `INSERT INTO accounts.mail_budgets (scope, slot, count, until)
     SELECT 'one for all', n, 1, now() + row.left FROM ${ages}`,
  );
  await test.database.query(
    `INSERT INTO accounts.spent_challenges (id, until) SELECT n, now() + row.left FROM ${ages}`,
  );
}

const counts = () =>
  test.database.query(
    `SELECT (SELECT count(*)::int FROM accounts.sessions) AS sessions,
            (SELECT count(*)::int FROM accounts.idempotency_keys) AS keys,
            (SELECT count(*)::int FROM accounts.rate_limits) AS limits,
            (SELECT count(*)::int FROM accounts.mail_budgets) AS budgets,
            (SELECT count(*)::int FROM accounts.spent_challenges) AS challenges`,
  );

describe('what has expired', () => {
  it('is deleted, in batches, and nothing else is', async () => {
    await fill(1_200);
    const deleted = await deleteExpiredRows(test.database, new AbortController().signal);

    expect(deleted).toBe(6_000);
    expect(await counts()).toEqual([
      { sessions: 3, keys: 3, limits: 3, budgets: 3, challenges: 3 },
    ]);
  });

  it('stays when the process is stopping', async () => {
    await test.database.query(`UPDATE accounts.sessions SET expires_at = now() - interval '1 day'`);
    const deleted = await deleteExpiredRows(test.database, AbortSignal.abort());

    expect(deleted).toBe(0);
    expect(await counts()).toEqual([
      { sessions: 3, keys: 3, limits: 3, budgets: 3, challenges: 3 },
    ]);
  });
});
