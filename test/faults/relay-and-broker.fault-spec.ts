import { usherMessaging } from '#libs/contracts';
import { Logger } from '@nestjs/common';
import { type CloudEvent, declareTopology, OutboxStore, planTopology } from '#libs/messaging';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy, UNTIL_SILENCE_IS_NOTICED_MS } from '../support/fault-proxy.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestRelay, type TestRelay } from '../support/test-relay.js';
import { testMessaging } from '../support/test-worker.js';

const EVENTS = 300;
/** What a relay claims at once at most. */
const BATCH = 200;

const { subscribe, event } = testEvents();
const subscription = subscribe('receive');
const messaging = testMessaging([subscription]);
const topology = planTopology(usherMessaging, [1_000], { subscriptions: [subscription] });

type Results = Parameters<OutboxStore['record']>[1];

/** Remembers of which events a publish ended without a confirm. */
class WatchedStore extends OutboxStore {
  readonly unconfirmed = new Map<string, number>();

  override async record(owner: string, results: Results): Promise<number> {
    for (const { id, published } of results) {
      if (!published) this.unconfirmed.set(id, (this.unconfirmed.get(id) ?? 0) + 1);
    }
    return super.record(owner, results);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let proxy: FaultProxy;
let store: WatchedStore;
let relay: TestRelay;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
});

beforeEach(async () => {
  proxy = await FaultProxy.before(given('RABBITMQ_URL'));
});

afterEach(async () => {
  await proxy.up();
  await relay.stop();
  await proxy.close();
  await db.database.query('TRUNCATE messaging.outbox');
  await broker.channel.purgeQueue(subscription.consumer);
});

afterAll(async () => {
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

/** A relay whose only way to the broker is the proxy. */
async function startRelay({ confirmTimeoutMs = 30_000 } = {}): Promise<void> {
  store = new WatchedStore(usherMessaging, db.database);
  relay = startTestRelay(store, { messaging, url: proxy.url, confirmTimeoutMs });
  await ready();
}

const ready = () => eventually(() => relay.publisher.isReady);

/** @param fault happens when all is written, just before the relay can see it */
async function commit(count = EVENTS, fault = () => {}): Promise<CloudEvent[]> {
  const events = Array.from({ length: count }, () => event());
  await db.database.transaction(async (transaction) => {
    for (const each of events) await relay.outbox.append(transaction, each);
    fault();
  });
  return events;
}

async function rows() {
  const [counts] = await db.database.query<Record<'open' | 'owned' | 'attempts', number>>(
    `SELECT count(*) FILTER (WHERE published_at IS NULL)::int AS open,
            count(owner)::int AS owned, coalesce(sum(attempts), 0)::int AS attempts
       FROM messaging.outbox`,
  );
  return counts!;
}

const allPublished = (timeoutMs?: number) =>
  eventually(async () => (await rows()).open === 0, timeoutMs);

/** How many copies of each event lie in the queue, by id. */
async function copies(): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  for (let message = await broker.take(subscription.consumer); message;) {
    const id = String(message.properties.messageId);
    counted.set(id, (counted.get(id) ?? 0) + 1);
    message = await broker.take(subscription.consumer);
  }
  return counted;
}

/**
 * Checks that nothing is lost and that an event lies in the queue more than once only if, and at most
 * as often as, a confirm of it was missed. Answers how many copies are too many.
 */
async function nothingLost(events: readonly CloudEvent[]): Promise<number> {
  const found = await copies();
  const lost = events.filter(({ id }) => !found.has(id));
  expect(lost).toHaveLength(0);
  expect(found.size).toBe(events.length);
  const unexplained = [...found].filter(
    ([id, count]) => count > 1 + (store.unconfirmed.get(id) ?? 0),
  );
  expect(unexplained).toEqual([]);
  return [...found.values()].reduce((sum, count) => sum + count - 1, 0);
}

describe('a relay whose connection breaks', () => {
  // A confirm is a frame of 21 bytes and often covers many messages; each of these cuts tears one.
  it.each([1, 22, 52])(
    'after %i bytes of confirms: publishes all 300, and again only what was not confirmed',
    async (bytes) => {
      await startRelay();
      const events = await commit(EVENTS, () => proxy.halfOpen(['to-client']));
      // A heartbeat that came before the first message would be torn in place of a confirm.
      await eventually(async () => (await broker.depth(subscription.consumer)) > 0);
      const heldBack = proxy.up();
      await Promise.all([heldBack, proxy.cutAfter(bytes, 'to-client')]);
      await allPublished();
      expect(proxy.accepted).toBe(2);
      // The reset also loses what had not yet arrived: that has no second copy.
      const duplicates = await nothingLost(events);
      expect(duplicates).toBeGreaterThan(0);
      expect(duplicates).toBeLessThanOrEqual(store.unconfirmed.size);
      expect(store.unconfirmed.size).toBeLessThanOrEqual(BATCH);
      expect(await rows()).toEqual({ open: 0, owned: 0, attempts: 0 });
    },
  );

  it('in the middle of its own publishing: publishes all 300', async () => {
    await startRelay();
    const cut = proxy.cutAfter(40_000, 'to-server');
    const events = await commit();
    await cut;
    await allPublished();
    expect(store.unconfirmed.size).toBeGreaterThan(0);
    expect(await nothingLost(events)).toBeLessThan(BATCH);
    expect(await rows()).toEqual({ open: 0, owned: 0, attempts: 0 });
  });

  it('five times, with events committed all the while: publishes all 300', async () => {
    await startRelay();
    const events: CloudEvent[] = [];
    for (let reset = 0; reset < 5; reset++) {
      // Until it has come back the relay may not have noticed that its connection is gone.
      await eventually(() => proxy.accepted === reset + 1);
      await ready();
      proxy.latencyMs = 20;
      events.push(...(await commit(EVENTS / 5)));
      await eventually(async () => (await rows()).owned > 0);
      await proxy.reset();
    }
    proxy.latencyMs = 0;
    await allPublished();
    expect(proxy.accepted).toBe(6);
    expect(store.unconfirmed.size).toBeGreaterThan(0);
    await nothingLost(events);
    expect(await rows()).toEqual({ open: 0, owned: 0, attempts: 0 });
  });
});

describe('a relay whose broker is silent', () => {
  it.each([['to-client' as const], ['to-server' as const]])(
    '%s: has one batch in hand and no more, notices it, and publishes all 1,000',
    async (direction) => {
      await startRelay();
      const events = await commit(1_000, () => proxy.halfOpen([direction]));
      await eventually(async () => (await rows()).owned === BATCH);
      let mostOwned = 0;
      await eventually(async () => {
        mostOwned = Math.max(mostOwned, (await rows()).owned);
        return proxy.accepted > 1;
      }, UNTIL_SILENCE_IS_NOTICED_MS);
      expect(mostOwned).toBe(BATCH);
      await proxy.up();
      await allPublished(20_000);
      const duplicates = await nothingLost(events);
      // What was silent decides: the confirms of a batch that had arrived, or the batch itself.
      if (direction === 'to-client') expect(duplicates).toBe(BATCH);
      else expect(duplicates).toBeLessThanOrEqual(BATCH);
      expect(await rows()).toEqual({ open: 0, owned: 0, attempts: 0 });
    },
  );
});

describe('a relay whose broker is far away', () => {
  it('publishes 300 events once each, a batch in one round trip', async () => {
    await startRelay();
    proxy.latencyMs = 200;
    const events = await commit();
    // One by one it would take two minutes.
    await allPublished(30_000);
    expect(await nothingLost(events)).toBe(0);
    expect(await rows()).toEqual({ open: 0, owned: 0, attempts: 0 });
  });
});

describe('a relay whose broker is down', () => {
  it('claims nothing, and publishes everything once when it is back', async () => {
    await startRelay();
    await proxy.down();
    await eventually(() => !relay.publisher.isReady);
    const events: CloudEvent[] = [];
    const claimed: object[] = [];
    const until = Date.now() + 4_000;
    await eventually(async () => {
      if (events.length < EVENTS) events.push(...(await commit(10)));
      const { owned, attempts } = await rows();
      if (owned + attempts > 0) claimed.push({ owned, attempts });
      return events.length === EVENTS && Date.now() > until;
    });
    expect(claimed).toEqual([]);
    expect((await rows()).open).toBe(EVENTS);
    await proxy.up();
    await allPublished();
    expect(await nothingLost(events)).toBe(0);
    expect(await rows()).toEqual({ open: 0, owned: 0, attempts: 0 });
  });
});

describe('a confirm that does not come in time', () => {
  it('has the event published again, under the same id', async () => {
    await startRelay({ confirmTimeoutMs: 300 });
    proxy.halfOpen(['to-client']);
    const [late] = await commit(1);
    await eventually(async () => (await rows()).attempts === 2);
    await proxy.up();
    await allPublished();
    const { attempts } = await rows();
    await expect(copies()).resolves.toEqual(new Map([[late!.id, 1 + attempts]]));
  });
});
