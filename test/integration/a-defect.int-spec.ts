import { Controller } from '@nestjs/common';
import { type CloudEvent, deadLetterQueue, readDeadLetter, Subscribe } from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const CRASH_LIMIT = 3;

const { subscribe, event } = testEvents();
const subscription = subscribe('be-defective');
const queue = subscription.consumer;
const defective = new Set<string>();
const runs: string[] = [];

/** An error whose message cannot be read: what settles failures fails over it. */
class UnreadableError extends Error {
  override get message(): string {
    throw new TypeError('no message');
  }
}

@Controller()
class BeDefective {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent): Promise<void> {
    runs.push(id);
    if (defective.has(id)) throw Object.create(UnreadableError.prototype);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  worker = await startTestWorker({
    subscriptions: [subscription],
    handlers: [BeDefective],
    database: db.database,
    env: { CRASH_LIMIT: String(CRASH_LIMIT) },
  });
});

afterAll(async () => {
  await worker.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

const runsOf = (id: string) => runs.filter((run) => run === id).length;

describe('a message over which our own code fails', () => {
  it('is a dead letter after CRASH_LIMIT deliveries, its body untouched', async () => {
    const bad = event();
    defective.add(bad.id);
    broker.publish(bad);
    const message = await eventually(() => broker.take(deadLetterQueue(queue)));
    expect(runsOf(bad.id)).toBe(CRASH_LIMIT);
    expect(JSON.parse(message.content.toString())).toEqual(bad);
    expect(readDeadLetter(queue, message)).toMatchObject({
      messageId: bad.id,
      reason: 'delivery-limit',
    });
  });

  it('does not stop the consumer: the next one is handled', async () => {
    const good = event();
    broker.publish(good);
    await eventually(() => runsOf(good.id) === 1);
    await eventually(async () => (await broker.depth(queue)) === 0);
  });

  it('goes back to its queue at once when the worker stops', async () => {
    const bad = event();
    defective.add(bad.id);
    broker.publish(bad);
    await eventually(() => runsOf(bad.id) === CRASH_LIMIT - 1);
    await worker.close();
    await eventually(async () => (await broker.depth(queue)) === 1);
    await broker.channel.purgeQueue(queue);
  });
});
