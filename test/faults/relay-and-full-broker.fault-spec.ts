import { usherMessaging } from '#libs/contracts';
import { Logger } from '@nestjs/common';
import { exec } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { declareTopology, OutboxStore, planTopology } from '#libs/messaging';
import { connect, type ChannelModel } from 'amqplib';
import type { RunningPart } from '../../tools/embedded-stack/src/part.js';
import { rabbitmq } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestRelay, type TestRelay } from '../support/test-relay.js';
import { testMessaging } from '../support/test-worker.js';

const CONFIRM_TIMEOUT_MS = 1_000;

const { subscribe, event } = testEvents();
const subscription = subscribe('receive');
const messaging = testMessaging([subscription]);
const topology = planTopology(usherMessaging, [1_000], { subscriptions: [subscription] });
let directory: string;
let broker: RunningPart;
let db: TestDatabase;
let connection: ChannelModel;
let relay: TestRelay;

beforeAll(async () => {
  Logger.overrideLogger(false);
  directory = await mkdtemp(join(tmpdir(), 'usher-full-broker-'));
  await chmod(directory, 0o755);
  // One of its own: what it is told would stop every other test.
  broker = await rabbitmq(directory).start();
  db = await createTestDatabase();
});

afterAll(async () => {
  await relay.stop();
  await connection.close();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
  await db.drop();
});

const setMemoryLimit = (share: number) =>
  promisify(exec)(`${broker.notes} set_vm_memory_high_watermark ${share}`);

it('a broker that is out of memory pauses the relay, uses up no attempt, and then gets everything', async () => {
  connection = await connect(broker.url);
  const channel = await connection.createChannel();
  await declareTopology(channel, topology);
  relay = startTestRelay(new OutboxStore(messaging, db.database), {
    messaging,
    url: broker.url,
    confirmTimeoutMs: CONFIRM_TIMEOUT_MS,
  });
  const commit = () =>
    db.database.transaction((transaction) => relay.outbox.append(transaction, event()));
  const counted = async (condition: string) => {
    const rows = await db.database.query(`SELECT 1 FROM messaging.outbox WHERE ${condition}`);
    return rows.length;
  };
  const inQueue = async () => (await channel.checkQueue(subscription.consumer)).messageCount;
  await eventually(() => relay.publisher.isReady);

  await setMemoryLimit(0.00001);
  // The broker says that it blocks when something is published; that message waits on the connection.
  await commit();
  await eventually(() => relay.connection.blocked);
  await eventually(async () => (await counted('owner IS NOT NULL')) === 0);
  for (let i = 0; i < 20; i++) await commit();
  expect(relay.publisher.isReady).toBe(false);
  expect(await counted('published_at IS NULL AND owner IS NULL AND attempts = 0')).toBe(21);
  expect(await inQueue()).toBe(0);

  await setMemoryLimit(0.4);
  await eventually(async () => (await counted('published_at IS NULL')) === 0);
  expect(await counted('attempts > 0')).toBe(0);
  // The first was on its way when the broker blocked: it has a second copy, the others have none.
  expect(await inQueue()).toBe(22);
});
