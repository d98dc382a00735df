import { pgDatabase, type Database } from '#libs/messaging';
import { Pool } from 'pg';
import { eventually } from '../support/eventually.js';
import { administer, createTestDatabase, type TestDatabase } from '../support/test-database.js';

let db: TestDatabase;
let pool: Pool;
let database: Database;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.notes (text text)');
});

beforeEach(() => {
  pool = new Pool({ connectionString: db.url, max: 2 });
  database = pgDatabase(pool);
});

afterEach(async () => {
  await pool.end();
  await db.database.query('TRUNCATE public.notes');
});

afterAll(() => db.drop());

const notes = async () =>
  (await db.database.query<{ text: string }>('SELECT text FROM public.notes')).map(
    ({ text }) => text,
  );
const write = (sql: Pick<Database, 'query'>, text: string) =>
  sql.query('INSERT INTO public.notes VALUES ($1)', [text]);
const processOf = async (sql: Pick<Database, 'query'>) =>
  (await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]!.pid;

describe('a transaction on a pool of pg', () => {
  it('is there after its commit, and gone after its end without one', async () => {
    const [kept, undone] = [await database.begin(), await database.begin()];
    await write(kept, 'kept');
    await write(undone, 'undone');
    await kept.commit();
    await undone.rollback();
    await undone.rollback();
    await expect(notes()).resolves.toEqual(['kept']);
  });

  it('takes no statement after its end, which another transaction would get', async () => {
    const ended = await database.begin();
    await ended.rollback();
    const other = await database.begin();
    await expect(write(ended, 'late')).rejects.toThrow('has ended');
    await expect(ended.commit()).rejects.toThrow('has ended');
    await write(other, 'other');
    await other.commit();
    await expect(notes()).resolves.toEqual(['other']);
  });

  it('is not taken for committed when a statement of it had failed', async () => {
    const transaction = await database.begin();
    await write(transaction, 'first');
    await expect(transaction.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    await expect(transaction.commit()).rejects.toThrow('Rolled back');
    await expect(notes()).resolves.toEqual([]);
  });
});

describe('a connection of a pool of pg', () => {
  it('that the server ends while it is idle is replaced', async () => {
    const pid = await processOf(database);
    await administer(db.url, `SELECT pg_terminate_backend(${pid})`);
    await eventually(async () => (await processOf(database).catch(() => pid)) !== pid);
  });

  it('is used no more, nor is another of its time, once the server takes no writes', async () => {
    const both = await Promise.all([database.begin(), database.begin()]);
    const before = await Promise.all(both.map(processOf));
    await both[0].query('SET TRANSACTION READ ONLY');
    await expect(write(both[0], 'refused')).rejects.toMatchObject({ code: '25006' });
    await Promise.all(both.map((each) => each.rollback()));
    const after = await Promise.all([processOf(database), processOf(database)]);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  });
});
