import { usherMessaging } from '#libs/contracts';
import { Logger } from '@nestjs/common';
import {
  DeadLetters,
  declareTopology,
  isReachable,
  listQueues,
  Outbox,
  planTopology,
  QueueCounter,
  Reconciler,
} from '#libs/messaging';
import { connect } from 'amqplib';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { eventually } from '../support/eventually.js';
import { RabbitmqCluster } from '../support/rabbitmq-cluster.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher } from '../support/test-publisher.js';
import { testMessaging } from '../support/test-worker.js';

const START_MS = 180_000;
const RUN_MS = 180_000;
const RETRY_DELAYS_MS = [60_000];

const { subscribe, event, definition } = testEvents();
/** Its queues are on all nodes. */
const replicated = subscribe('be-replicated');
/** Its queues are on the node that survives, alone. */
const alone = subscribe('be-alone');
const messaging = testMessaging([replicated, alone]);

const canRun = findBinaries() !== undefined;
if (!canRun) console.warn('skipped: there is no rabbitmq-server on this machine');

(canRun ? describe : describe.skip)('a cluster that loses two of three nodes', () => {
  let directory: string;
  let cluster: RabbitmqCluster;
  let db: TestDatabase;
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    directory = await mkdtemp(join(tmpdir(), 'usher-majority-'));
    // Else the node that survives would stop itself.
    cluster = await RabbitmqCluster.start(directory, 'ignore');
    db = await createTestDatabase();
  }, START_MS);

  afterAll(async () => {
    for (const close of closing) await close();
    await db?.drop();
    await cluster?.stop();
    await rm(directory, { recursive: true, force: true });
  }, START_MS);

  it(
    'sends nothing again that it may still have, names what it cannot know, and goes on with the rest',
    async () => {
      const topology = planTopology(usherMessaging, RETRY_DELAYS_MS, {
        subscriptions: [replicated, alone],
      });
      const [survivor, second] = cluster.urls;
      const elsewhere = await connect(second!);
      await declareTopology(await elsewhere.createChannel(), {
        ...topology,
        queues: topology.queues.filter(({ name }) => name.startsWith(replicated.consumer)),
        bindings: [],
      });
      await elsewhere.close();
      const here = await connect(survivor!);
      here.on('error', () => undefined);
      closing.push(() => here.close().catch(() => undefined));
      const channel = await here.createChannel();
      const single = { 'x-quorum-initial-group-size': 1, 'x-queue-leader-locator': 'client-local' };
      await declareTopology(channel, {
        ...topology,
        queues: topology.queues
          .filter(({ name }) => name.startsWith(alone.consumer))
          .map((queue) => ({ ...queue, arguments: { ...queue.arguments, ...single } })),
      });

      // One event that both have got, and neither has handled; the other one is lost.
      const published = event();
      await db.database.transaction((transaction) =>
        new Outbox(messaging).append(transaction, published),
      );
      await db.database.query(
        'UPDATE messaging.outbox SET published_at = now(), expected_consumers = $1',
        [[replicated.consumer, alone.consumer]],
      );
      const sender = await startTestPublisher(survivor);
      closing.push(() => sender.close());
      const sent = await sender.publisher.publish({
        exchange: '',
        routingKey: replicated.consumer,
        content: Buffer.from(JSON.stringify(published)),
        properties: { messageId: published.id, type: definition.type },
      });
      expect(sent).toBe('confirmed');
      await expect(cluster.leaderOf(replicated.consumer)).resolves.not.toBe(cluster.names[0]);
      for (const name of cluster.names.slice(1)) await cluster.kill(name);

      const counter = new QueueCounter([survivor!], 'test');
      closing.push(() => counter.close());
      const listed = await listQueues(counter, topology);
      const unreachable = listed.filter((queue) => queue.unreachable !== undefined);
      expect(unreachable.map(({ name }) => name)).toEqual(
        topology.queues.map(({ name }) => name).filter((n) => n.startsWith(replicated.consumer)),
      );
      expect(unreachable[0]).toMatchObject({ messages: null, consumers: null });

      const reconciler = new Reconciler(
        usherMessaging,
        db.database,
        sender.connection,
        sender.publisher,
        {
          retryDelaysMs: RETRY_DELAYS_MS,
          prefetch: 1,
        },
      );
      const report = await reconciler.reconcile(0, true);
      expect(report).toMatchObject({
        missing: [{ consumer: alone.consumer }],
        resent: 1,
        unreachable: [replicated.consumer],
      });

      const deadLetters = new DeadLetters(
        usherMessaging,
        db.database,
        sender.connection,
        sender.publisher,
      );
      await expect(
        deadLetters.replay([replicated.consumer, alone.consumer], () => true),
      ).resolves.toEqual({ replayed: [], unreachable: [replicated.consumer] });
      await expect(deadLetters.purge(replicated.consumer)).rejects.toThrow('0 were removed');

      for (const name of cluster.names.slice(1)) await cluster.restart(name);
      await eventually(async () => {
        const look = await counter.countOne(replicated.consumer);
        return look && isReachable(look) && look.messages === 1;
      });
    },
    RUN_MS,
  );
});
