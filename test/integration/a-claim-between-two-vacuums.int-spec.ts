import { randomUUID } from 'node:crypto';
import { Outbox, OutboxStore, Promoter, ScheduledEvents, type Database } from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { testMessaging } from '../support/test-worker.js';

const PUBLISHED = 20_000;
const WAITING = 300;

const { app, definition, event, subscribe } = testEvents();
const messaging = testMessaging([subscribe('receive')]);

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('ALTER TABLE messaging.outbox SET (autovacuum_enabled = off)');
  await db.database.query(
    `INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers)
     SELECT gen_random_uuid(), $1, 'test', 'test', now(), 'test', '{}', '{}' FROM generate_series(1, ${PUBLISHED} + ${WAITING})`,
    [definition.type],
  );
  await db.database.query(
    `UPDATE messaging.outbox SET published_at = now()
      WHERE id IN (SELECT id FROM messaging.outbox ORDER BY random() LIMIT ${PUBLISHED})`,
  );
  // The planner knows that few wait. Of those that were published, the index still has its entries.
  await db.database.query('ANALYZE messaging.outbox');
});

afterAll(() => db.drop());

/** How PostgreSQL runs the statements in which the outbox is read: a line for each node of the plan. */
async function plansOf(work: (database: Database) => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const explained = (query: Database['query']): Database['query'] => {
    return async (sql, parameters) => {
      if (sql.includes('.outbox')) {
        const rows = await query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters);
        lines.push(...rows.map((row) => row['QUERY PLAN'].trim()));
      }
      return query(sql, parameters);
    };
  };
  const { database } = db;
  await work({
    query: explained(database.query.bind(database)),
    begin: async () => {
      const transaction = await database.begin();
      return Object.assign(Object.create(transaction) as typeof transaction, {
        query: explained(transaction.query.bind(transaction)),
      });
    },
  });
  return lines;
}

const claim = (database: Database) =>
  new OutboxStore(messaging, database).claim(randomUUID(), 200, 1_000);

async function promote(database: Database): Promise<void> {
  const scheduled = new ScheduledEvents(messaging);
  await db.database.transaction((transaction) =>
    scheduled.schedule(transaction, event(), { key: `${app}:test:due`, at: new Date() }),
  );
  const promoter = new Promoter(messaging, database, new Outbox(messaging), scheduled);
  promoter.start();
  await eventually(async () => {
    const left = await db.database.query('SELECT 1 FROM messaging.scheduled');
    return left.length === 0;
  });
  await promoter.stop();
}

it.each([
  ['a relay that claims', claim],
  ['a promoter that looks for room', promote],
])('%s reads what waits in order, and not all that was published since', async (_who, work) => {
  const plan = await plansOf(work);
  expect(plan.join('\n')).toContain('Index Scan using outbox_pending');
  expect(plan.filter((line) => line.includes('Bitmap'))).toEqual([]);
});
