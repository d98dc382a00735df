import { usherMessaging } from '#libs/contracts';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  cleanOutbox,
  type CloudEvent,
  declareTopology,
  Outbox,
  OutboxStore,
  planTopology,
} from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestRelay } from '../support/test-relay.js';
import { testMessaging } from '../support/test-worker.js';

const NOBODY_LISTENS_HERE = 'amqp://127.0.0.1:1';

const { subscribe, event } = testEvents();
const subscription = subscribe('receive');
/** It has a consumer, and no queue at the broker. */
const stray = testEvents();
const messaging = testMessaging([subscription, stray.subscribe('receive')]);
const topology = planTopology(usherMessaging, [1_000], { subscriptions: [subscription] });
const stops: (() => Promise<void>)[] = [];

let db: TestDatabase;
let broker: TestBroker;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
});

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await db.database.query('TRUNCATE messaging.outbox');
  await broker.channel.purgeQueue(subscription.consumer);
});

afterAll(async () => {
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

interface Row {
  published: boolean;
  attempts: number;
  last_error: string | null;
}

const rowOf = async (id: string) => {
  const [row] = await db.database.query<Row>(
    'SELECT published_at IS NOT NULL AS published, attempts, last_error FROM messaging.outbox WHERE id = $1',
    [id],
  );
  return row;
};

const isPublished = (id: string) => eventually(async () => (await rowOf(id))?.published);

function startRelay(options: Parameters<typeof startTestRelay>[1] = {}) {
  const relay = startTestRelay(new OutboxStore(messaging, db.database), { messaging, ...options });
  stops.push(() => relay.stop());
  return relay;
}

const append = (outbox: Outbox, appended: CloudEvent) =>
  db.database.transaction((transaction) => outbox.append(transaction, appended));

describe('the outbox', () => {
  it('keeps an event exactly when its transaction commits', async () => {
    const outbox = new Outbox(messaging);
    const [kept, lost] = [event(), event()];
    await append(outbox, kept);
    await expect(
      db.database.transaction(async (transaction) => {
        await outbox.append(transaction, lost);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await expect(rowOf(kept.id)).resolves.toMatchObject({ published: false });
    await expect(rowOf(lost.id)).resolves.toBeUndefined();
  });

  it('wakes nobody when the transaction is rolled back', async () => {
    const outbox = new Outbox(messaging);
    const woken = jest.fn();
    outbox.onCommitted(woken);
    const rolledBack = db.database.transaction(async (transaction) => {
      await outbox.append(transaction, event());
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(woken).not.toHaveBeenCalled();
    await append(outbox, event());
    expect(woken).toHaveBeenCalledTimes(1);
  });
});

describe('the relay', () => {
  it('publishes a committed event, and marks it only after the confirm', async () => {
    const { outbox } = startRelay();
    const published = event('as it was');
    await append(outbox, published);
    await isPublished(published.id);
    const message = await eventually(() => broker.take(subscription.consumer));
    expect(JSON.parse(message.content.toString())).toEqual(JSON.parse(JSON.stringify(published)));
    expect(message.properties).toMatchObject({
      messageId: published.id,
      type: published.type,
      appId: 'test',
      deliveryMode: 2,
      contentType: 'application/cloudevents+json',
    });
  });

  it('is woken by the commit, long before the next poll', async () => {
    const { outbox, publisher } = startRelay({ pollIntervalMs: 60_000 });
    await eventually(() => publisher.isReady);
    const published = event();
    await append(outbox, published);
    await isPublished(published.id);
  });

  it('finds by polling what another process has committed', async () => {
    startRelay();
    const published = event();
    await append(new Outbox(messaging), published);
    await isPublished(published.id);
  });

  it('keeps everything while the broker is away, and counts no attempt', async () => {
    const { outbox, connection } = startRelay({ url: NOBODY_LISTENS_HERE, pollIntervalMs: 20 });
    const waiting = event();
    await append(outbox, waiting);
    await eventually(() => connection.problem?.includes('ECONNREFUSED'));
    await expect(rowOf(waiting.id)).resolves.toEqual({
      published: false,
      attempts: 0,
      last_error: null,
    });
    startRelay();
    await isPublished(waiting.id);
  });

  it('keeps an event that no queue takes, with the reason, and lets others pass', async () => {
    const { outbox } = startRelay();
    const unroutable = stray.event();
    const good = event();
    await append(outbox, unroutable);
    await append(outbox, good);
    await isPublished(good.id);
    const row = await eventually(async () => {
      const found = await rowOf(unroutable.id);
      return found && found.attempts > 0 && found;
    });
    expect(row).toMatchObject({ published: false, last_error: 'publish returned' });
  });

  it('shares no event with other relays', async () => {
    const outbox = new Outbox(messaging);
    const events = Array.from({ length: 400 }, () => event());
    await db.database.transaction(async (transaction) => {
      for (const each of events) await outbox.append(transaction, each);
    });
    for (let relay = 0; relay < 4; relay++) startRelay();
    await eventually(async () => {
      const [row] = await db.database.query<{ open: number }>(
        'SELECT count(*)::int AS open FROM messaging.outbox WHERE published_at IS NULL',
      );
      return row!.open === 0;
    });
    await expect(broker.depth(subscription.consumer)).resolves.toBe(400);
  });
});

describe('a lease on outbox events', () => {
  const claimAll = (owner: string, leaseMs: number) =>
    new OutboxStore(usherMessaging, db.database).claim(owner, 100, leaseMs);

  it('keeps other relays away until it runs out', async () => {
    await append(new Outbox(messaging), event());
    await expect(claimAll(randomUUID(), 2_000)).resolves.toHaveLength(1);
    await expect(claimAll(randomUUID(), 2_000)).resolves.toHaveLength(0);
    await eventually(async () => (await claimAll(randomUUID(), 60_000)).length === 1);
  });

  it('lets a relay that comes back too late settle nothing', async () => {
    const store = new OutboxStore(usherMessaging, db.database);
    const [late, current] = [randomUUID(), randomUUID()];
    const leased = event();
    await append(new Outbox(messaging), leased);
    await claimAll(late, 1);
    await eventually(async () => (await claimAll(current, 60_000)).length === 1);
    const settlement = [{ id: leased.id, published: true }];
    await expect(store.record(late, settlement)).resolves.toBe(0);
    await expect(rowOf(leased.id)).resolves.toMatchObject({ published: false });
    await expect(store.record(current, settlement)).resolves.toBe(1);
    await expect(rowOf(leased.id)).resolves.toMatchObject({ published: true });
  });
});

describe('cleaning the outbox', () => {
  it('deletes what was published longer ago than it is kept for, in batches, and nothing else', async () => {
    const outbox = new Outbox(messaging);
    await db.database.transaction(async (transaction) => {
      for (let i = 0; i < 1_203; i++) await outbox.append(transaction, event());
    });
    await db.database.query(`UPDATE messaging.outbox SET published_at = now() - interval '8 days'`);
    const [recent, unpublished] = [event(), event()];
    await append(outbox, recent);
    await db.database.query(
      `UPDATE messaging.outbox SET published_at = now() - interval '6 days' WHERE id = $1`,
      [recent.id],
    );
    await append(outbox, unpublished);
    const sevenDays = 7 * 86_400_000;
    const never = new AbortController().signal;
    await expect(cleanOutbox(usherMessaging, db.database, sevenDays, never)).resolves.toBe(1_203);
    const left = await db.database.query<{ id: string }>('SELECT id FROM messaging.outbox');
    expect(left.map(({ id }) => id).toSorted()).toEqual([recent.id, unpublished.id].toSorted());
  });
});

describe('commits that overlap', () => {
  it('leave no gap: an event that commits late is published although younger ones already are', async () => {
    const { outbox } = startRelay();
    const [late, early] = [event('began first'), event('committed first')];
    const slow = await db.database.begin();
    await outbox.append(slow, late);
    await append(outbox, early);
    await isPublished(early.id);
    await slow.commit();
    await isPublished(late.id);
  });
});
