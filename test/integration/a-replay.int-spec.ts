import { usherMessaging } from '#libs/contracts';
import { Controller, Logger } from '@nestjs/common';
import {
  type CloudEvent,
  declareTopology,
  type Delivery,
  Outbox,
  planTopology,
  replayEvents,
  Subscribe,
} from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher, type TestPublisher } from '../support/test-publisher.js';
import { startTestWorker, testMessaging, type TestWorker } from '../support/test-worker.js';

const { definition, subscribe, event } = testEvents();
const subscription = subscribe('do-its-work');
const added = subscribe('be-added-later');
const messaging = testMessaging([subscription, added]);
const queue = subscription.consumer;
const topology = planTopology(usherMessaging, [100, 300], { subscriptions: [subscription, added] });

@Controller()
class DoItsWork {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    await delivery.inTransaction((transaction) =>
      transaction.query('INSERT INTO public.effects VALUES ($1)', [id]),
    );
  }
}

let db: TestDatabase;
let broker: TestBroker;
let sender: TestPublisher;
let worker: TestWorker | undefined;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.effects (event_id uuid)');
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
  sender = await startTestPublisher();
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

/** Events that were published when there was one consumer only. */
async function publishedEvents(count: number): Promise<CloudEvent[]> {
  const events = Array.from({ length: count }, () => event());
  await db.database.transaction(async (transaction) => {
    for (const each of events) await new Outbox(messaging).append(transaction, each);
  });
  await db.database.query(
    'UPDATE messaging.outbox SET published_at = now(), expected_consumers = $1',
    [[queue]],
  );
  for (const each of events) broker.publish(each);
  await eventually(async () => (await broker.depth(queue)) === count);
  return events;
}

const effects = async () => {
  const rows = await db.database.query<{ id: string }>('SELECT event_id AS id FROM public.effects');
  return rows.map(({ id }) => id);
};

describe('a replay', () => {
  const replay = (change: object = {}) =>
    replayEvents(usherMessaging, db.database, sender.publisher, {
      consumer: added.consumer,
      types: [definition.type],
      force: false,
      ...change,
    });

  it('gives a consumer that was added later the events of the past, within the time asked for', async () => {
    const events = await publishedEvents(5);
    await broker.channel.purgeQueue(added.consumer);
    await db.database.query(
      `UPDATE messaging.outbox SET occurred_at = now() - interval '1 day' WHERE id = $1`,
      [events[0]!.id],
    );
    await expect(replay({ since: new Date(Date.now() - 3_600_000) })).resolves.toBe(4);
    await expect(replay({ subject: events[0]!.subject })).resolves.toBe(1);
    await eventually(async () => (await broker.depth(added.consumer)) === 5);
    await expect(broker.depth(queue)).resolves.toBe(5);
  });

  it('leaves alone what is done, unless it is forced', async () => {
    const [done] = await publishedEvents(1);
    const { database } = db;
    worker = await startTestWorker({
      subscriptions: [subscription],
      handlers: [DoItsWork],
      database,
    });
    await eventually(async () => (await effects()).length === 1);
    await expect(replay({ consumer: queue })).resolves.toBe(0);
    await expect(replay({ consumer: queue, force: true })).resolves.toBe(1);
    await eventually(async () => (await effects()).length === 2);
    await expect(effects()).resolves.toEqual([done!.id, done!.id]);
  });
});
