import { usherMessaging } from '#libs/contracts';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { declareTopology, Outbox, planTopology, Reconciler } from '#libs/messaging';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher, type TestPublisher } from '../support/test-publisher.js';
import { testMessaging } from '../support/test-worker.js';

const RETRY_DELAYS = [100, 300];
const CUTS = 20;

const { subscribe, event } = testEvents();
const subscription = subscribe('do-its-work');
const messaging = testMessaging([subscription]);
const topology = planTopology(usherMessaging, RETRY_DELAYS, { subscriptions: [subscription] });
let db: TestDatabase;
let broker: TestBroker;
let line: FaultProxy;
let sender: TestPublisher;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
  line = await FaultProxy.before(given('RABBITMQ_URL'));
  sender = await startTestPublisher(line.url);
});

afterAll(async () => {
  await sender.close();
  await line.close();
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

it('ends, whatever it was waiting for, and lets the next one begin', async () => {
  const missing = event();
  await db.database.transaction((transaction) =>
    new Outbox(messaging).append(transaction, missing),
  );
  await db.database.query(
    'UPDATE messaging.outbox SET published_at = now(), expected_consumers = $1',
    [[subscription.consumer]],
  );
  const reconciler = new Reconciler(
    usherMessaging,
    db.database,
    sender.connection,
    sender.publisher,
    {
      retryDelaysMs: RETRY_DELAYS,
      prefetch: 1,
    },
  );
  for (let cut = 0; cut < CUTS; cut++) {
    await eventually(() => sender.publisher.isReady);
    const run = reconciler.reconcile(0, false).then(
      () => 'ended',
      () => 'ended',
    );
    // At another moment each time: some fall between a close and its answer.
    await sleep(cut % 10);
    await line.reset();
    await expect(Promise.race([run, sleep(8_000, 'hangs')])).resolves.toBe('ended');
  }
});
