import { usherMessaging } from '#libs/contracts';
import { Controller, Logger } from '@nestjs/common';
import {
  type CloudEvent,
  deadLetterQueue,
  declareTopology,
  type Delivery,
  DeliveryLedger,
  Outbox,
  PermanentError,
  planTopology,
  Reconciler,
  retryQueue,
  Subscribe,
} from '#libs/messaging';
import { whileAlone } from '#libs/database';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher, type TestPublisher } from '../support/test-publisher.js';
import { startTestWorker, testMessaging, type TestWorker } from '../support/test-worker.js';

const RETRY_DELAYS = [100, 300];
const OPTIONS = { retryDelaysMs: RETRY_DELAYS, prefetch: 1 };
/** The report of a look that finds all in order. */
const NOTHING = { missing: [], resent: 0, unreachable: [] };

const { subscribe, event } = testEvents();
const subscription = subscribe('do-its-work');
const other = subscribe('do-other-work');
const messaging = testMessaging([subscription, other]);
const queue = subscription.consumer;
const topology = planTopology(usherMessaging, RETRY_DELAYS, {
  subscriptions: [subscription, other],
});
const handled: string[] = [];
const doomed = new Set<string>();

@Controller()
class DoItsWork {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    if (doomed.has(id)) throw new PermanentError('doomed');
    await delivery.inTransaction((transaction) =>
      transaction.query('INSERT INTO public.effects VALUES ($1)', [id]),
    );
    handled.push(id);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let sender: TestPublisher;
let reconciler: Reconciler;
let worker: TestWorker | undefined;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.effects (event_id uuid)');
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
  sender = await startTestPublisher();
  const { connection, publisher } = sender;
  reconciler = new Reconciler(usherMessaging, db.database, connection, publisher, OPTIONS);
});

afterEach(async () => {
  await worker?.close();
  worker = undefined;
  await db.database.query('TRUNCATE messaging.outbox, messaging.deliveries, public.effects');
  for (const { name } of topology.queues) await broker.channel.purgeQueue(name);
});

afterAll(async () => {
  await sender.close();
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

const startWorker = async () => {
  const { database } = db;
  worker = await startTestWorker({
    subscriptions: [subscription],
    handlers: [DoItsWork],
    database,
  });
};

/** Events that were published to the consumers that the test names. */
async function publishedEvents(count: number, consumers = [queue]): Promise<CloudEvent[]> {
  const events = Array.from({ length: count }, () => event());
  await db.database.transaction(async (transaction) => {
    for (const each of events) await new Outbox(messaging).append(transaction, each);
  });
  await db.database.query(
    'UPDATE messaging.outbox SET published_at = now(), expected_consumers = $1',
    [consumers],
  );
  for (const each of events) broker.publish(each);
  await eventually(async () => (await broker.depth(queue)) === count);
  return events;
}

/** Moves the next message as the broker does it: without any of our headers. */
async function deadLetteredByBroker(): Promise<void> {
  const message = await broker.take(queue);
  broker.channel.sendToQueue(deadLetterQueue(queue), message!.content, {
    ...message!.properties,
    headers: {},
  });
  await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 1);
}

const effects = async () => {
  const rows = await db.database.query<{ id: string }>('SELECT event_id AS id FROM public.effects');
  return rows.map(({ id }) => id).toSorted();
};

const ids = (events: readonly CloudEvent[]) => events.map(({ id }) => id).toSorted();

describe('the reconciler', () => {
  it('sends what a purge threw away to exactly that consumer', async () => {
    const events = await publishedEvents(3, [queue, other.consumer]);
    await broker.channel.purgeQueue(queue);
    await eventually(async () => (await broker.depth(other.consumer)) === 3);
    const looked = await reconciler.reconcile(0, false);
    expect(
      looked!.missing.map(({ consumer, eventId }) => `${consumer} ${eventId}`).toSorted(),
    ).toEqual(ids(events).map((id) => `${queue} ${id}`));
    expect(looked!.resent).toBe(0);
    await expect(reconciler.reconcile(0, true)).resolves.toMatchObject({ resent: 3 });
    await expect(broker.depth(other.consumer)).resolves.toBe(3);
    await startWorker();
    await eventually(async () => (await effects()).length === 3);
    await expect(effects()).resolves.toEqual(ids(events));
  });

  it('leaves a backlog alone that merely waits, however often it looks', async () => {
    const events = await publishedEvents(200);
    for (let look = 0; look < 5; look++) {
      await expect(reconciler.reconcile(0, true)).resolves.toEqual(NOTHING);
    }
    await expect(broker.depth(queue)).resolves.toBe(200);
    await startWorker();
    await eventually(async () => (await effects()).length === 200);
    await expect(effects()).resolves.toEqual(ids(events));
    expect(handled.filter((id) => ids(events).includes(id))).toHaveLength(200);
  });

  it('leaves a message alone that waits for its next attempt', async () => {
    const [waiting] = await publishedEvents(1);
    const message = await broker.take(queue);
    broker.channel.sendToQueue(retryQueue(queue, 300), message!.content, message!.properties);
    await new DeliveryLedger(usherMessaging, db.database).recordFailure(
      { consumer: queue, eventId: waiting!.id, subject: waiting!.subject },
      {
        attempts: 1,
        reason: 'error',
        lastError: 'not yet',
        nextAttemptAt: new Date(Date.now() + 60_000),
      },
    );
    await expect(reconciler.reconcile(0, true)).resolves.toEqual(NOTHING);
  });

  it('lets the dead stay dead, and the done stay done', async () => {
    const [dead, done] = await publishedEvents(2);
    doomed.add(dead!.id);
    await startWorker();
    await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 1);
    await eventually(async () => (await effects()).length === 1);
    await expect(effects()).resolves.toEqual([done!.id]);
    await expect(reconciler.reconcile(0, true)).resolves.toEqual(NOTHING);
  });

  it('takes up a lease that ran out, with the attempts that are known to have failed', async () => {
    const [stuck] = await publishedEvents(1);
    await broker.take(queue);
    await db.database.query(
      `INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts, owner, lease_until)
       VALUES ($1, $2, $3, 'processing', 2, gen_random_uuid(), now() - interval '1 minute')`,
      [queue, stuck!.id, stuck!.subject],
    );
    await expect(reconciler.reconcile(0, true)).resolves.toMatchObject({ resent: 1 });
    const message = await eventually(() => broker.take(queue));
    expect(message.properties.headers).toMatchObject({ 'retry-attempt': 1 });
  });

  it('leaves a living lease alone', async () => {
    const [busy] = await publishedEvents(1);
    await broker.take(queue);
    const key = { consumer: queue, eventId: busy!.id, subject: busy!.subject };
    await new DeliveryLedger(usherMessaging, db.database).acquireLease(key, 1, 60_000);
    await expect(reconciler.reconcile(0, true)).resolves.toEqual(NOTHING);
  });

  it('gives an event twice the time after each re-send', async () => {
    await publishedEvents(1);
    await broker.channel.purgeQueue(queue);
    await db.database.query(
      `UPDATE messaging.outbox SET published_at = now() - interval '90 seconds'`,
    );
    await expect(reconciler.reconcile(60_000, true)).resolves.toMatchObject({ resent: 1 });
    await broker.channel.purgeQueue(queue);
    await db.database.query(
      `UPDATE messaging.outbox SET resent_at = now() - interval '90 seconds'`,
    );
    await expect(reconciler.reconcile(60_000, true)).resolves.toMatchObject({ resent: 0 });
    await db.database.query(
      `UPDATE messaging.outbox SET resent_at = now() - interval '150 seconds'`,
    );
    await expect(reconciler.reconcile(60_000, true)).resolves.toMatchObject({ resent: 1 });
  });

  it('tells the ledger of what the broker itself has dead-lettered', async () => {
    const [victim] = await publishedEvents(1);
    await deadLetteredByBroker();
    await expect(reconciler.reconcile(0, true)).resolves.toEqual(NOTHING);
    const [row] = await db.database.query(
      'SELECT status, last_error FROM messaging.deliveries WHERE event_id = $1',
      [victim!.id],
    );
    expect(row).toEqual({ status: 'failed', last_error: 'delivery-limit' });
  });

  it('goes on with the other consumers while somebody looks at the dead letters', async () => {
    await publishedEvents(1, [queue, other.consumer]);
    await eventually(async () => (await broker.depth(other.consumer)) === 1);
    await broker.channel.purgeQueue(other.consumer);
    await deadLetteredByBroker();
    const report = await whileAlone(db.database, 'usher dead letters', () =>
      reconciler.reconcile(0, true),
    );
    const missing = [{ consumer: other.consumer }];
    expect(report).toMatchObject({ missing, resent: 1, unreachable: [queue] });
  });

  it('works one at a time', async () => {
    await publishedEvents(1);
    await broker.channel.purgeQueue(queue);
    const reports = await Promise.all([1, 2, 3].map(() => reconciler.reconcile(0, true)));
    const resent = reports.reduce((sum, report) => sum + (report?.resent ?? 0), 0);
    // A run that begins after the first has ended finds the re-sent message in its queue.
    expect(resent).toBe(1);
    await eventually(async () => (await broker.depth(queue)) === 1);
  });
});
