import { createDataSource, Database, isDatabaseUnavailable } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const CONNECTIONS = 5;

let db: TestDatabase;
let database: Database;
let disconnect: () => Promise<void>;

beforeEach(async () => {
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.notes (note text)');
  const options = { url: db.url, applicationName: 'test', poolSize: CONNECTIONS };
  const source = createDataSource(options);
  await source.initialize();
  disconnect = () => source.destroy();
  database = new Database(source);
});

afterEach(async () => {
  await disconnect();
  await db.drop();
});

/** Makes as many connections as the pool holds, and each of them read only, as if their server had changed. */
async function turnReadOnly(): Promise<void> {
  const transactions = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => database.begin()),
  );
  for (const transaction of transactions) {
    await transaction.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY');
    await transaction.commit();
  }
}

const write = () => database.query('INSERT INTO public.notes VALUES ($1)', ['a note']);

describe('a server that turns read only', () => {
  it('is left by all connections when the first write fails', async () => {
    await turnReadOnly();
    const failure = await write().catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failure)).toBe(true);
    expect(failure).toMatchObject({ cause: { code: '25006' } });
    await Promise.all(Array.from({ length: CONNECTIONS }, write));
  });

  it('is left by all connections when somebody asks whether it can be written to', async () => {
    await turnReadOnly();
    await expect(database.checkWritable()).rejects.toThrow('read only');
    await expect(database.checkWritable()).resolves.toBeUndefined();
    await Promise.all(Array.from({ length: CONNECTIONS }, write));
  });

  it('gets no new connections', async () => {
    await turnReadOnly();
    const name = new URL(db.url).pathname.slice(1);
    await db.database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await expect(write()).rejects.toThrow('read-only transaction');
    await expect(database.query('SELECT 1')).rejects.toThrow('read only');
    await db.database.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await write();
  });
});
