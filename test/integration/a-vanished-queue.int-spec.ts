import { usherMessaging } from '#libs/contracts';
import { Controller, Logger } from '@nestjs/common';
import {
  BrokerConnection,
  type CloudEvent,
  ConfirmPublisher,
  deadLetterQueue,
  DeclaredTopology,
  type Delivery,
  PermanentError,
  planTopology,
  retryQueue,
  Subscribe,
} from '#libs/messaging';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const PATIENT_MS = 20_000;

const { subscribe, event } = testEvents();
const subscription = subscribe('fail-once');
const queue = subscription.consumer;
const waitQueue = retryQueue(queue, 100);
const hopeless = new Set<string>();
const runs: string[] = [];

@Controller()
class FailOnce {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent, { attempt }: Delivery): Promise<void> {
    runs.push(id);
    if (hopeless.has(id)) throw new PermanentError('hopeless');
    if (attempt === 1) throw new Error('not yet');
  }
}

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  worker = await startTestWorker({
    subscriptions: [subscription],
    handlers: [FailOnce],
    database: db.database,
  });
  await eventually(() => worker.server.problem === undefined);
});

afterAll(async () => {
  await worker.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

const runsOf = (id: string) => runs.filter((run) => run === id).length;

/** What a queue's `expires` policy, an operator or a managed broker does to a queue without consumers. */
const vanish = (name: string) => broker.channel.deleteQueue(name);

async function isThere(name: string): Promise<boolean> {
  const channel = await broker.connection.createChannel();
  channel.on('error', () => undefined); // The rejected check tells the reason.
  await channel.checkQueue(name);
  await channel.close();
  return true;
}

describe('a worker whose queue without consumers has vanished', () => {
  it('declares a wait queue again, and its message comes back', async () => {
    await vanish(waitQueue);
    const failing = event();
    broker.publish(failing);
    await eventually(() => runsOf(failing.id) === 2, PATIENT_MS);
    await eventually(() => worker.server.problem === undefined);
  });

  it('declares the dead-letter queue again, and its message is there', async () => {
    await vanish(deadLetterQueue(queue));
    const lost = event();
    hopeless.add(lost.id);
    broker.publish(lost);
    await eventually(() => runsOf(lost.id) === 1);
    // The queue is looked at on channels of their own: while it is missing, a look costs one.
    await eventually(() => isThere(deadLetterQueue(queue)), PATIENT_MS);
    const letter = await eventually(() => broker.take(deadLetterQueue(queue)), PATIENT_MS);
    expect(letter.properties.messageId).toBe(lost.id);
  });

  it('is not ready while it cannot declare it, says why, and keeps the message', async () => {
    await vanish(waitQueue);
    await vanish(deadLetterQueue(queue));
    // Somebody made one with other arguments in its place.
    await broker.channel.assertQueue(deadLetterQueue(queue), { durable: true });
    const failing = event();
    broker.publish(failing);
    await eventually(() => /inequivalent arg/.test(worker.server.problem ?? ''), PATIENT_MS);
    expect(runsOf(failing.id)).toBe(1);

    await vanish(deadLetterQueue(queue));
    await eventually(() => runsOf(failing.id) === 2, PATIENT_MS);
    await eventually(() => worker.server.problem === undefined);
  });
});

describe('a publisher to which an event is returned', () => {
  it('declares the topology again: the next try arrives', async () => {
    const { subscribe: other, event: next, definition } = testEvents();
    const plan = planTopology(usherMessaging, [], { subscriptions: [other('be-there')] });
    const connection = new BrokerConnection([given('RABBITMQ_URL')], 'test restoration');
    const publisher = new ConfirmPublisher(
      usherMessaging,
      connection,
      5_000,
      new DeclaredTopology(plan, 0),
    );
    connection.open();
    publisher.start();
    await eventually(() => publisher.isReady);
    for (const { name } of plan.queues) await vanish(name);

    const publish = () =>
      publisher.publish({
        exchange: 'usher.events',
        routingKey: definition.type,
        content: Buffer.from(JSON.stringify(next())),
        properties: { messageId: 'x' },
      });
    await expect(publish()).resolves.toBe('returned');
    expect(publisher.problem).toContain('no queue takes');
    await expect(publish()).resolves.toBe('confirmed');
    expect(publisher.problem).toBeUndefined();

    await publisher.stop();
    await connection.close();
    for (const { name } of plan.queues) await vanish(name);
  });

  it('says nothing of it any more once a new connection has declared the topology', async () => {
    const { subscribe: other, definition } = testEvents();
    const plan = planTopology(usherMessaging, [], { subscriptions: [other('be-declared')] });
    const connection = new BrokerConnection([given('RABBITMQ_URL')], 'test declaration');
    const publisher = new ConfirmPublisher(
      usherMessaging,
      connection,
      5_000,
      new DeclaredTopology(plan, 0),
    );
    connection.open();
    publisher.start();
    await eventually(() => publisher.isReady);
    for (const { name } of plan.queues) await vanish(name);
    const message = {
      exchange: 'usher.events',
      routingKey: definition.type,
      content: Buffer.from('{}'),
      properties: { messageId: 'x' },
    };
    await expect(publisher.publish(message)).resolves.toBe('returned');
    expect(publisher.problem).toContain('no queue takes');

    const ready = new Promise<void>((resolve) => publisher.onReady(resolve));
    const model = await connection.model(AbortSignal.timeout(PATIENT_MS));
    await model!.close();
    await ready;
    expect(publisher.problem).toBeUndefined();

    await publisher.stop();
    await connection.close();
    for (const { name } of plan.queues) await vanish(name);
  });
});

describe('a topology that was just created', () => {
  const { subscribe: other } = testEvents();
  const plan = planTopology(usherMessaging, [], { subscriptions: [other('be-young')] });
  const HOUR_MS = 3_600_000;

  afterAll(async () => {
    for (const { name } of plan.queues) await vanish(name);
  });

  it('is published to only once it is old enough to survive; one that was there is used at once', async () => {
    const connection = new BrokerConnection([given('RABBITMQ_URL')], 'test youth');
    const creating = new ConfirmPublisher(
      usherMessaging,
      connection,
      5_000,
      new DeclaredTopology(plan, HOUR_MS),
    );
    const finding = new ConfirmPublisher(
      usherMessaging,
      connection,
      5_000,
      new DeclaredTopology(plan, HOUR_MS),
    );
    connection.open();
    creating.start();
    await eventually(() => isThere(plan.queues.at(-1)!.name));
    finding.start();
    await eventually(() => finding.isReady);
    expect(creating.isReady).toBe(false);
    await Promise.all([creating.stop(), finding.stop()]);
    await connection.close();
  });
});
