import { usherMessaging } from '#libs/contracts';
import { Controller, Logger } from '@nestjs/common';
import {
  type CloudEvent,
  deadLetterQueue,
  DeadLetters,
  DeadLettersBusyError,
  PermanentError,
  Subscribe,
} from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher, type TestPublisher } from '../support/test-publisher.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const { subscribe, event, definition } = testEvents();
const subscription = subscribe('fail-until-mended');
const queue = subscription.consumer;
let mended = false;

@Controller()
class FailUntilMended {
  @Subscribe(subscription)
  async handle(): Promise<void> {
    if (!mended) throw new PermanentError('not mended yet');
  }
}

let db: TestDatabase;
let broker: TestBroker;
let sender: TestPublisher;
let worker: TestWorker;
let deadLetters: DeadLetters;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  sender = await startTestPublisher();
  worker = await startTestWorker({
    subscriptions: [subscription],
    handlers: [FailUntilMended],
    database: db.database,
  });
  deadLetters = new DeadLetters(usherMessaging, db.database, sender.connection, sender.publisher);
});

beforeEach(async () => {
  mended = false;
  await broker.channel.purgeQueue(deadLetterQueue(queue));
});

afterAll(async () => {
  await worker.close();
  await sender.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

const soon = () => AbortSignal.timeout(10_000);

async function dead(count: number): Promise<CloudEvent[]> {
  const events = Array.from({ length: count }, () => event());
  for (const each of events) broker.publish(each);
  await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === count);
  return events;
}

const statusOf = async (id: string) => {
  const [row] = await db.database.query<{ status: string }>(
    'SELECT status FROM messaging.deliveries WHERE event_id = $1',
    [id],
  );
  return row?.status;
};

describe('the dead letters', () => {
  it('can be looked at again and again, and stay where they are', async () => {
    const [letter] = await dead(1);
    for (let look = 0; look < 50; look++) {
      const { letters: found } = await deadLetters.list([queue], soon());
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        queue,
        messageId: letter!.id,
        type: definition.type,
        reason: 'permanent',
        attempts: 1,
        exceptionMessage: 'not mended yet',
      });
    }
    await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 1);
  });

  it('can be sent back one by one, and are handled when the reason is gone', async () => {
    const events = await dead(3);
    const { letters } = await deadLetters.list([queue], soon());
    const chosen = letters.find(({ messageId }) => messageId === events[1]!.id)!;
    mended = true;
    await expect(deadLetters.replay([queue], ({ id }) => id === chosen.id)).resolves.toEqual({
      replayed: [chosen.id],
      unreachable: [],
    });
    await eventually(async () => (await statusOf(events[1]!.id)) === 'done');
    await expect(statusOf(events[0]!.id)).resolves.toBe('failed');
    await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 2);
  });

  it('can be sent back all at once; one that dies again says how often that was tried', async () => {
    const [again] = await dead(1);
    await expect(deadLetters.replay([queue], () => true)).resolves.toMatchObject({
      replayed: [expect.any(String)],
    });
    const [letter] = await eventually(async () => {
      const { letters: found } = await deadLetters.list([queue], soon());
      return found.length === 1 && found;
    });
    expect(letter).toMatchObject({ messageId: again!.id, attempts: 1 });
    expect(letter!.headers).toMatchObject({ 'replay-count': 1 });
    // The letter is safe before the ledger knows of it.
    await eventually(async () => (await statusOf(again!.id)) === 'failed');
  });

  it('have an id even when the broker wrote none of our headers', async () => {
    broker.channel.sendToQueue(deadLetterQueue(queue), Buffer.from('{}'), {
      type: 'a',
      timestamp: 7,
    });
    broker.channel.sendToQueue(deadLetterQueue(queue), Buffer.from('{"other":1}'), {
      type: 'a',
      timestamp: 7,
    });
    await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 2);
    const { letters } = await deadLetters.list([queue], soon());
    expect(new Set(letters.map(({ id }) => id)).size).toBe(2);
    for (const { id, reason } of letters) {
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      expect(reason).toBe('delivery-limit');
    }
    const { letters: again } = await deadLetters.list([queue], soon());
    expect(again.map(({ id }) => id).toSorted()).toEqual(letters.map(({ id }) => id).toSorted());
  });

  it('have one reader at a time', async () => {
    await dead(1);
    const readers = Array.from({ length: 6 }, () => deadLetters.list([queue], soon()));
    const looks = await Promise.allSettled(readers);
    expect(looks.some(({ status }) => status === 'fulfilled')).toBe(true);
    const reasons = looks.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as Error] : [],
    );
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toBeInstanceOf(DeadLettersBusyError);
  });

  it('can be thrown away', async () => {
    await dead(2);
    await expect(deadLetters.purge(queue)).resolves.toBe(2);
    await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 0);
  });
});
