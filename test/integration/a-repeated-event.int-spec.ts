import { usherMessaging } from '#libs/contracts';
import { Controller } from '@nestjs/common';
import { type CloudEvent, type Delivery, DeliveryLedger, Subscribe } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const { subscribe, event } = testEvents();
const writing = subscribe('write-a-row');
const writingAtOnce = subscribe('write-a-row-at-once');
const sending = subscribe('send-a-mail', 'external');
const sent: string[] = [];
/** Lets the external handler of an event go on. */
const gates = new Map<string, Promise<void>>();

@Controller()
class WriteARow {
  @Subscribe(writing)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    await delivery.inTransaction((transaction) =>
      transaction.query('INSERT INTO public.rows VALUES ($1)', [id]),
    );
  }
}

const INSERT_ROW = 'INSERT INTO public.rows SELECT $1 FROM delivery';

@Controller()
class WriteARowAtOnce {
  @Subscribe(writingAtOnce)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    await delivery.effect(INSERT_ROW.replace('rows', 'rows_at_once'), [id]);
  }
}

@Controller()
class SendAMail {
  @Subscribe(sending)
  async handle({ id }: CloudEvent): Promise<void> {
    sent.push(id);
    await gates.get(id);
  }
}

let db: TestDatabase;
let broker: TestBroker;
/** Each has one message of a queue in hand at most, so that two copies come to both. */
let workers: TestWorker[];

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.rows (event_id uuid)');
  await db.database.query('CREATE TABLE public.rows_at_once (event_id uuid)');
  broker = await TestBroker.connect();
  const options = {
    subscriptions: [writing, writingAtOnce, sending],
    handlers: [WriteARow, WriteARowAtOnce, SendAMail],
    database: db.database,
  };
  workers = await Promise.all([startTestWorker(options), startTestWorker(options)]);
});

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await broker.deleteAll(workers[0]!.topology);
  await broker.close();
  await db.drop();
});

const statusOf = async (consumer: string, id: string) => {
  const [row] = await db.database.query<{ status: string }>(
    'SELECT status FROM messaging.deliveries WHERE consumer = $1 AND event_id = $2',
    [consumer, id],
  );
  return row?.status;
};

const done = (consumer: string, id: string) =>
  eventually(async () => (await statusOf(consumer, id)) === 'done');

const rowsOf = async (id: string, table = 'rows') =>
  (await db.database.query(`SELECT 1 FROM public.${table} WHERE event_id = $1`, [id])).length;

/** The copies have been handled when one that was published after them has been. */
async function everythingBeforeIsHandled(): Promise<void> {
  const last = event();
  broker.publish(last);
  await done(writing.consumer, last.id);
  await done(writingAtOnce.consumer, last.id);
  await done(sending.consumer, last.id);
}

describe('an event that is delivered again', () => {
  it('has no second effect in the database', async () => {
    const repeated = event();
    for (let copy = 0; copy < 10; copy++) broker.publish(repeated);
    await done(writing.consumer, repeated.id);
    await everythingBeforeIsHandled();
    await expect(rowsOf(repeated.id)).resolves.toBe(1);
    await expect(rowsOf(repeated.id, 'rows_at_once')).resolves.toBe(1);
    await eventually(async () => (await broker.depth(writing.consumer)) === 0);
    await eventually(async () => (await broker.depth(writingAtOnce.consumer)) === 0);
  });

  it('sends one mail only, when the copies come one after the other', async () => {
    const repeated = event();
    broker.publish(repeated);
    await done(sending.consumer, repeated.id);
    broker.publish(repeated);
    await everythingBeforeIsHandled();
    expect(sent.filter((id) => id === repeated.id)).toHaveLength(1);
  });

  it('sends one mail only, when the copies come at once: the second waits for the lease', async () => {
    const repeated = event();
    let open = () => {};
    gates.set(repeated.id, new Promise((resolve) => (open = resolve)));
    broker.publish(repeated);
    await eventually(() => sent.includes(repeated.id));
    broker.publish(repeated);
    await eventually(async () => (await broker.depth(`${sending.consumer}.retry.100ms`)) === 1);
    await expect(statusOf(sending.consumer, repeated.id)).resolves.toBe('processing');
    open();
    await done(sending.consumer, repeated.id);
    await eventually(async () => (await broker.depth(`${sending.consumer}.retry.100ms`)) === 0);
    await everythingBeforeIsHandled();
    expect(sent.filter((id) => id === repeated.id)).toHaveLength(1);
  });
});

describe('the delivery ledger', () => {
  const key = () => ({ consumer: writing.consumer, eventId: randomUUID(), subject: randomUUID() });

  it('lets the second of two concurrent transactions wait, and tells it the event is done', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    const first = await db.database.begin();
    const second = await db.database.begin();
    await expect(ledger.markDone(first, delivery, 1)).resolves.toBe(true);
    const waiting = ledger.markDone(second, delivery, 1);
    await first.commit();
    await expect(waiting).resolves.toBe(false);
    await second.rollback();
  });

  it('lets the second one do the work when the first is rolled back', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    const first = await db.database.begin();
    const second = await db.database.begin();
    await ledger.markDone(first, delivery, 1);
    const waiting = ledger.markDone(second, delivery, 1);
    await first.rollback();
    await expect(waiting).resolves.toBe(true);
    await second.commit();
    await expect(statusOf(delivery.consumer, delivery.eventId)).resolves.toBe('done');
  });

  it('has no row for an effect of one statement while a copy is at work, nor when that one is done', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    const first = await db.database.begin();
    await ledger.markDone(first, delivery, 1);
    const waiting = ledger.markDoneWith(INSERT_ROW, [delivery.eventId], delivery, 1);
    await first.commit();
    await expect(waiting).resolves.toBe(false);
    await expect(rowsOf(delivery.eventId)).resolves.toBe(0);
  });

  it('keeps nothing of an effect of one statement that fails', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    const failing = ledger.markDoneWith(INSERT_ROW, ['no UUID'], delivery, 1);
    await expect(failing).rejects.toThrow('invalid input syntax for type uuid');
    await expect(statusOf(delivery.consumer, delivery.eventId)).resolves.toBeUndefined();
    await expect(ledger.markDoneWith(INSERT_ROW, [delivery.eventId], delivery, 2)).resolves.toBe(
      true,
    );
    await expect(rowsOf(delivery.eventId)).resolves.toBe(1);
  });

  it('gives one lease at a time, and the next one when it has run out', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    const first = await ledger.acquireLease(delivery, 1, 60_000);
    expect(first.status).toBe('acquired');
    await expect(ledger.acquireLease(delivery, 1, 60_000)).resolves.toMatchObject({
      status: 'held',
    });
    await db.database.query(
      `UPDATE messaging.deliveries SET lease_until = now() - interval '1 second' WHERE event_id = $1`,
      [delivery.eventId],
    );
    await expect(ledger.acquireLease(delivery, 1, 60_000)).resolves.toMatchObject({
      status: 'acquired',
    });
  });

  it('lets a lease that has passed on settle nothing', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    const late = await ledger.acquireLease(delivery, 1, 1);
    const current = await eventually(async () => {
      const answer = await ledger.acquireLease(delivery, 1, 60_000);
      return answer.status === 'acquired' && answer;
    });
    const lateOwner = late.status === 'acquired' ? late.owner : '';
    await expect(ledger.completeLease(delivery, lateOwner)).resolves.toBe(false);
    await ledger.recordFailure(delivery, {
      attempts: 1,
      reason: 'error',
      lastError: 'late',
      owner: lateOwner,
    });
    await expect(statusOf(delivery.consumer, delivery.eventId)).resolves.toBe('processing');
    await expect(ledger.completeLease(delivery, current.owner)).resolves.toBe(true);
  });

  it('never takes a row away from done', async () => {
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    const delivery = key();
    await db.database.transaction((transaction) => ledger.markDone(transaction, delivery, 1));
    await ledger.recordFailure(delivery, {
      attempts: 3,
      reason: 'exhausted',
      lastError: 'too late',
    });
    await expect(ledger.acquireLease(delivery, 1, 1_000)).resolves.toEqual({ status: 'done' });
    await expect(statusOf(delivery.consumer, delivery.eventId)).resolves.toBe('done');
  });
});
