import { usherMessaging } from '#libs/contracts';
import { Controller } from '@nestjs/common';
import {
  type CloudEvent,
  CLOUDEVENTS_JSON,
  deadLetterQueue,
  DeliveryLedger,
  Subscribe,
} from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const { subscribe, event } = testEvents();
const subscription = subscribe('be-strict');
const queue = subscription.consumer;
const handled: string[] = [];

@Controller()
class BeStrict {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent): Promise<void> {
    handled.push(id);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;

const start = () =>
  startTestWorker({
    subscriptions: [subscription],
    handlers: [BeStrict],
    database: db.database,
    env: { CRASH_LIMIT: '3' },
  });

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  worker = await start();
});

afterAll(async () => {
  await worker.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

const deadLetter = () => eventually(() => broker.take(deadLetterQueue(queue)));

const statusOf = async (id: string) => {
  const [row] = await db.database.query<{ status: string }>(
    'SELECT status FROM messaging.deliveries WHERE consumer = $1 AND event_id = $2',
    [queue, id],
  );
  return row?.status;
};

async function stillWorks(): Promise<void> {
  const good = event();
  broker.publish(good);
  await eventually(() => handled.includes(good.id));
}

describe('a message that no attempt can make good', () => {
  it.each([
    ['text that is not JSON', 'hello'],
    ['no bytes at all', ''],
    ['JSON that is no event', '[1, 2, 3]'],
    ['null', 'null'],
    ['an event without its data', JSON.stringify({ ...event(), data: undefined })],
    ['data that does not fit', JSON.stringify({ ...event(), data: { note: 7 } })],
  ])('goes to the dead letters at once: %s', async (_, body) => {
    broker.channel.sendToQueue(queue, Buffer.from(body), { contentType: CLOUDEVENTS_JSON });
    const { content, properties } = await deadLetter();
    expect(content.toString()).toBe(body);
    expect(properties.headers).toMatchObject({
      'dead-letter-reason': 'invalid',
      'exception-type': 'InvalidMessageError',
      attempts: 0,
    });
    await stillWorks();
  });

  it('goes there when its bytes are no UTF-8', async () => {
    const [before, after] = JSON.stringify(event('X')).split('X');
    const body = Buffer.concat([
      Buffer.from(before!),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(after!),
    ]);
    broker.channel.sendToQueue(queue, body, { contentType: CLOUDEVENTS_JSON });
    const { properties } = await deadLetter();
    expect(properties.headers).toMatchObject({ 'dead-letter-reason': 'invalid' });
    await stillWorks();
  });

  it('is handled when only its headers make no sense', async () => {
    const odd = event();
    broker.channel.sendToQueue(queue, Buffer.from(JSON.stringify(odd)), {
      headers: {
        'first-failed-at': { toString: 'x', valueOf: 'y' },
        'retry-attempt': 3_000_000_000,
        'x-delivery-count': 99,
      },
    });
    await eventually(async () => (await statusOf(odd.id)) === 'done');
    expect(handled).toContain(odd.id);
  });

  it('goes there when its type is not the subscribed one', async () => {
    const stranger = { ...event(), type: 'somebody-else.happened.v1' };
    broker.channel.sendToQueue(queue, Buffer.from(JSON.stringify(stranger)), {
      contentType: CLOUDEVENTS_JSON,
    });
    const { properties } = await deadLetter();
    expect(properties.headers).toMatchObject({ 'dead-letter-reason': 'unknown-type' });
    await stillWorks();
  });

  it('names what is wrong with the data, but does not repeat the data', async () => {
    const secret = { ...event(), data: { note: { password: 'correct horse' } } };
    broker.channel.sendToQueue(queue, Buffer.from(JSON.stringify(secret)), {
      contentType: CLOUDEVENTS_JSON,
    });
    const { properties } = await deadLetter();
    expect(properties.headers!['exception-message']).toContain('data.note');
    expect(properties.headers!['exception-message']).not.toContain('correct horse');
  });

  it('goes there when it keeps killing its worker, without being handed to the handler again', async () => {
    await worker.close();
    const killer = event();
    broker.publish(killer);
    // What a process that dies with the message in hand looks like to the broker.
    for (let death = 0; death < 3; death++) {
      const channel = await broker.connection.createChannel();
      await eventually(async () => (await channel.get(queue)) || undefined);
      await channel.close();
    }
    worker = await start();
    const { properties } = await deadLetter();
    expect(properties.messageId).toBe(killer.id);
    expect(properties.headers).toMatchObject({
      'dead-letter-reason': 'delivery-limit',
      consumer: queue,
    });
    expect(handled).not.toContain(killer.id);
    await eventually(async () => (await statusOf(killer.id)) === 'failed');
    await stillWorks();
  });
});

describe('a healthy message that was delivered again and again', () => {
  /** Closes the channel under a delivery: the broker counts it, and no process died. */
  async function deliverInVain(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const channel = await broker.connection.createChannel();
      await eventually(async () => (await channel.get(queue)) || undefined);
      await channel.close();
    }
  }

  it('is not taken for a killer when its effect has happened: only the acknowledgement was lost', async () => {
    await worker.close();
    const done = event();
    broker.publish(done);
    await deliverInVain(4);
    const key = { consumer: queue, eventId: done.id, subject: done.subject };
    await db.database.transaction((transaction) =>
      new DeliveryLedger(usherMessaging, db.database).markDone(transaction, key, 1),
    );
    worker = await start();
    await stillWorks();
    await expect(statusOf(done.id)).resolves.toBe('done');
    await expect(broker.depth(deadLetterQueue(queue))).resolves.toBe(0);
    await expect(broker.depth(queue)).resolves.toBe(0);
  });

  it('is not taken for a killer when the process has survived it: only the broker was away', async () => {
    await worker.close();
    const survived = event();
    broker.publish(survived);
    await deliverInVain(4);
    const key = { consumer: queue, eventId: survived.id, subject: survived.subject };
    const ledger = new DeliveryLedger(usherMessaging, db.database);
    for (let time = 0; time < 3; time++)
      await ledger.recordAbandoned(key, 0, 'the broker was away');
    worker = await start();
    await eventually(() => handled.includes(survived.id));
    await expect(broker.depth(deadLetterQueue(queue))).resolves.toBe(0);
  });
});
