import { type INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  declareTopology,
  Hints,
  MessagingModule,
  Outbox,
  planTopology,
  ScheduledEvents,
} from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { testMessaging, testMessagingConfig } from '../support/test-worker.js';

const { app, subscribe, event } = testEvents();
const subscription = subscribe('receive');
const messaging = testMessaging([subscription]);
const topology = planTopology(messaging, [1_000]);
const processes: INestApplicationContext[] = [];

let db: TestDatabase;
let broker: TestBroker;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
});

afterAll(async () => {
  for (const each of processes) await each.close();
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

/** A process that finds nothing by looking: an hour passes between two looks of its relay. */
async function startProcess(relays: boolean) {
  const { database } = db;
  const config = testMessagingConfig({
    OUTBOX_POLL_INTERVAL: '1h',
    CONSUMER_RETRY_DELAYS: '1s',
  });
  @Module({
    imports: [MessagingModule.forRoot({ ...messaging.definition, database, config, relays })],
  })
  class TestModule {}
  const started = await NestFactory.createApplicationContext(TestModule, { logger: false });
  processes.push(started);
  return started;
}

it('is published at once by the process that relays', async () => {
  const relaying = await startProcess(true);
  const worker = await startProcess(false);
  for (const each of [relaying, worker]) await eventually(() => each.get(Hints).isActive);
  // The relay looks once when its broker is there.
  await db.database.transaction((transaction) => relaying.get(Outbox).append(transaction, event()));
  await eventually(async () => (await broker.depth(subscription.consumer)) === 1);

  await db.database.transaction((transaction) => worker.get(Outbox).append(transaction, event()));
  await eventually(async () => (await broker.depth(subscription.consumer)) === 2);

  await db.database.transaction((transaction) =>
    worker
      .get(ScheduledEvents)
      .schedule(transaction, event(), { key: `${app}:test:now`, at: new Date() }),
  );
  await eventually(async () => (await broker.depth(subscription.consumer)) === 3);
});
