import { isDatabaseUnavailable, type Transaction } from '#libs/database';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db.drop());

/** Ends the transaction's own connection, and waits until this process has been told. */
async function cut(transaction: Transaction): Promise<void> {
  const [own] = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await db.database.query('SELECT pg_terminate_backend($1)', [own!.pid]);
  await eventually(() =>
    transaction.query('SELECT 1').then(
      () => false,
      () => true,
    ),
  );
}

describe('a transaction whose connection is lost', () => {
  it('fails as one that cannot reach the database, in its next statement', async () => {
    const failure = await db.database
      .transaction(async (transaction) => {
        await cut(transaction);
        await transaction.query('SELECT 1');
      })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(isDatabaseUnavailable(failure)).toBe(true);
  });

  it('fails with what broke it, not with the rollback', async () => {
    const reason = new Error('the work failed');
    const failing = db.database.transaction(async (transaction) => {
      await cut(transaction);
      throw reason;
    });
    await expect(failing).rejects.toBe(reason);
  });
});

describe('a transaction of which a statement failed', () => {
  it('does not pass for committed when the failure was swallowed', async () => {
    const swallowing = db.database.transaction(async (transaction) => {
      await transaction.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('Rolled back');
  });

  it('gives the statements behind it that failure, not what it did to them', async () => {
    const failing = db.database.transaction(async (transaction) => {
      const sent = ['SELECT 1 / 0', 'SELECT 1'].map((sql) => transaction.query(sql));
      const [, behind] = await Promise.allSettled(sent);
      if (behind!.status === 'rejected') throw behind!.reason;
    });
    await expect(failing).rejects.toThrow('division by zero');
  });
});
