import { usherMessaging } from '#libs/contracts';
import { DeliveryLedger } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let db: TestDatabase;
let ledger: DeliveryLedger;

beforeAll(async () => {
  db = await createTestDatabase();
  ledger = new DeliveryLedger(usherMessaging, db.database);
});

afterAll(() => db.drop());

const newKey = () => ({ consumer: 'test.lease', eventId: randomUUID(), subject: randomUUID() });

async function acquire(key: ReturnType<typeof newKey>, leaseMs: number): Promise<string> {
  const lease = await ledger.acquireLease(key, 1, leaseMs);
  if (lease.status !== 'acquired') throw new Error(`the lease is ${lease.status}`);
  return lease.owner;
}

describe('a lease', () => {
  it('that is renewed stays with its owner', async () => {
    const key = newKey();
    const owner = await acquire(key, 1);
    await expect(ledger.renewLease(key, owner, 60_000)).resolves.toBe(true);

    await expect(ledger.acquireLease(key, 1, 60_000)).resolves.toMatchObject({ status: 'held' });
  });

  it('that has passed to another copy is not renewed', async () => {
    const key = newKey();
    const owner = await acquire(key, 1);
    const other = await eventually(() => acquire(key, 60_000));

    await expect(ledger.renewLease(key, owner, 60_000)).resolves.toBe(false);
    await expect(ledger.renewLease(key, other, 60_000)).resolves.toBe(true);
  });

  it('of an event that is done is not renewed', async () => {
    const key = newKey();
    const owner = await acquire(key, 60_000);
    await ledger.completeLease(key, owner);

    await expect(ledger.renewLease(key, owner, 60_000)).resolves.toBe(false);
  });
});
