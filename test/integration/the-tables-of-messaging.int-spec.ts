import { Messaging, migrateMessaging } from '#libs/messaging';
import { schemaOf } from '../support/schema-of.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const other = new Messaging({ prefix: 'other', events: [], subscriptions: [] });

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db.drop());

describe('the tables of outbox and ledger', () => {
  it('are made once, also by processes that begin at the same time', async () => {
    const made = await Promise.all([
      migrateMessaging(other, db.database),
      migrateMessaging(other, db.database),
    ]);
    expect(made.flat()).toEqual([
      '1-outbox-and-deliveries',
      '2-scheduled-events-and-clock',
      '3-postponed-deliveries',
    ]);
    await expect(migrateMessaging(other, db.database)).resolves.toEqual([]);
  });

  it('are those that all migrations of Usher end in', async () => {
    const lines = async (schema: string) =>
      (await schemaOf(db.database, schema)).map(({ what }) => what.replaceAll(`${schema}.`, ''));
    const ofUsher = await lines('messaging');
    const made = (await lines('other_messaging')).filter((line) => !/\bmigrations\b/.test(line));
    expect(made.toSorted()).toEqual(ofUsher.toSorted());
    expect(made.length).toBeGreaterThan(30);
  });
});
