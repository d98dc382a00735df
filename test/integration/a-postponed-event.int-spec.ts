import { usherMessaging } from '#libs/contracts';
import { Controller, Logger } from '@nestjs/common';
import {
  advanceClock,
  cleanOutbox,
  type CloudEvent,
  deadLetterQueue,
  declareTopology,
  type Delivery,
  DependencyUnavailableError,
  Outbox,
  planTopology,
  PostponedDeliveries,
  PostponedError,
  retryQueue,
  Subscribe,
} from '#libs/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher, type TestPublisher } from '../support/test-publisher.js';
import { startTestWorker, testMessaging, type TestWorker } from '../support/test-worker.js';

const RETRY_DELAYS = [100, 300];
const HOUR_MS = 3_600_000;
const WAITING_MS = 2_000;

const { subscribe, event } = testEvents();
const inDatabase = subscribe('do-its-work');
const outside = subscribe('do-work-outside', 'external');
const subscriptions = [inDatabase, outside];
const messaging = testMessaging(subscriptions);
const topology = planTopology(usherMessaging, RETRY_DELAYS, { subscriptions });

/** When each handler wants an event; it handles the others. */
const wanted = new Map<string, Date>();
let handled: { consumer: string; id: string; attempt: number }[] = [];
/** The ids of all events that came to a handler, wanted or not. */
let came: string[] = [];
/** Events that fail as if something were away. */
const failing = new Set<string>();

function handle({ id }: CloudEvent, { consumer, attempt }: Delivery): void {
  came.push(id);
  if (failing.has(id)) throw new DependencyUnavailableError('it is away');
  const until = wanted.get(id);
  if (until) throw new PostponedError('not yet', until);
  handled.push({ consumer, id, attempt });
}

@Controller()
class Handlers {
  @Subscribe(inDatabase)
  async work(received: CloudEvent, delivery: Delivery): Promise<void> {
    handle(received, delivery);
  }

  @Subscribe(outside)
  async workOutside(received: CloudEvent, delivery: Delivery): Promise<void> {
    handle(received, delivery);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let sender: TestPublisher;
let worker: TestWorker;
let postponed: PostponedDeliveries | undefined;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  await declareTopology(broker.channel, topology);
  sender = await startTestPublisher();
  worker = await startTestWorker({ subscriptions, handlers: [Handlers], database: db.database });
});

beforeEach(() => {
  handled = [];
  came = [];
  wanted.clear();
  failing.clear();
});

afterEach(async () => {
  await postponed?.stop();
  postponed = undefined;
  await db.database.query('TRUNCATE messaging.outbox, messaging.deliveries, messaging.postponed');
  await db.database.query(`UPDATE messaging.clock SET ahead = '0'`);
});

afterAll(async () => {
  await worker.close();
  await sender.close();
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

function startLooking(): void {
  postponed = new PostponedDeliveries(messaging, db.database, sender.publisher);
  postponed.start();
}

const inOneHour = () => new Date(Date.now() + HOUR_MS);

/** An event that both handlers want only then. */
async function postponedEvent(until: Date, { inOutbox = true } = {}): Promise<CloudEvent> {
  const published = event();
  wanted.set(published.id, until);
  if (inOutbox) {
    await new Outbox(messaging).append(db.database, published);
    await db.database.query('UPDATE messaging.outbox SET published_at = now()');
  }
  broker.publish(published);
  return published;
}

const rowsOf = ({ id }: CloudEvent) =>
  db.database.query<{ status: string; attempts: number; until: Date | null }>(
    `SELECT status, d.attempts, until
       FROM messaging.deliveries AS d LEFT JOIN messaging.postponed AS p USING (consumer, event_id)
      WHERE d.event_id = $1 ORDER BY consumer`,
    [id],
  );

const allRows = (published: CloudEvent, row: object) =>
  eventually(async () => {
    const rows = await rowsOf(published);
    expect(rows).toEqual([expect.objectContaining(row), expect.objectContaining(row)]);
    return true;
  });

const inQueues = async () => {
  const queues = subscriptions.flatMap(({ consumer }) => [
    consumer,
    deadLetterQueue(consumer),
    ...RETRY_DELAYS.map((delay) => retryQueue(consumer, delay)),
  ]);
  const depths = await Promise.all(queues.map((queue) => broker.depth(queue)));
  return depths.reduce((sum, depth) => sum + depth, 0);
};

describe('an event that a handler wants later', () => {
  it('waits in the ledger and in no queue, and comes back when the clock says so', async () => {
    const until = inOneHour();
    const published = await postponedEvent(until);
    await allRows(published, { status: 'retrying', attempts: 0, until });
    await expect(inQueues()).resolves.toBe(0);

    startLooking();
    const marker = await postponedEvent(new Date(0));
    wanted.delete(marker.id);
    await eventually(() => handled.filter(({ id }) => id === marker.id).length === 2);
    await allRows(published, { status: 'retrying', until });
    // Each handler has seen it once: it was not sent before its time.
    expect(came.filter((id) => id === published.id)).toHaveLength(2);

    wanted.delete(published.id);
    await advanceClock(usherMessaging, db.database, HOUR_MS);
    await allRows(published, { status: 'done', attempts: 1, until: null });
    expect(handled.filter(({ id }) => id === published.id)).toHaveLength(2);
  });

  it('is postponed as often as the handler wants, and uses up no attempt', async () => {
    startLooking();
    const published = await postponedEvent(new Date(0));
    for (let times = 0; times < 4; times++) {
      const [before] = await db.database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      await eventually(async () => {
        const [row] = await db.database.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM messaging.deliveries WHERE event_id = $1 AND updated_at > $2',
          [published.id, before!.now],
        );
        return row!.count === 2;
      });
    }
    wanted.delete(published.id);
    await allRows(published, { status: 'done', attempts: 1 });
  });

  it('is sent again to the handler that wanted it alone, once, by any number of processes', async () => {
    const published = await postponedEvent(new Date(0));
    await allRows(published, { status: 'retrying' });
    wanted.delete(published.id);
    const others = [1, 2, 3].map(
      () => new PostponedDeliveries(messaging, db.database, sender.publisher),
    );
    for (const each of others) each.start();
    await allRows(published, { status: 'done', until: null });
    for (const each of others) await each.stop();
    expect(handled.map(({ consumer }) => consumer).toSorted()).toEqual(
      subscriptions.map(({ consumer }) => consumer).toSorted(),
    );
  });

  it('stays in the outbox for as long, however old it is', async () => {
    const published = await postponedEvent(inOneHour());
    const other = event();
    await new Outbox(messaging).append(db.database, other);
    await allRows(published, { status: 'retrying' });
    await db.database.query(
      `UPDATE messaging.outbox SET published_at = now() - interval '30 days'`,
    );
    await cleanOutbox(messaging, db.database, HOUR_MS, new AbortController().signal);
    const left = await db.database.query<{ id: string }>('SELECT id FROM messaging.outbox');
    expect(left.map(({ id }) => id)).toEqual([published.id]);
  });

  it('keeps for how long it has failed; the time in which it only waited does not count', async () => {
    const published = event();
    failing.add(published.id);
    await new Outbox(messaging).append(db.database, published);
    await db.database.query('UPDATE messaging.outbox SET published_at = now()');
    broker.publish(published);
    await eventually(() => came.length >= 6);
    wanted.set(published.id, inOneHour());
    failing.clear();
    await allRows(published, { status: 'retrying', until: expect.any(Date) });
    const failedFor = async () => {
      const rows = await db.database.query<{ ms: string }>(
        'SELECT failing_ms AS ms FROM messaging.postponed ORDER BY 1',
      );
      return rows.map(({ ms }) => Number(ms));
    };
    const before = await failedFor();
    expect(before).toHaveLength(2);
    expect(before.every((ms) => ms > 0)).toBe(true);

    wanted.set(published.id, new Date(Date.now() + 10 * HOUR_MS));
    await sleep(WAITING_MS);
    const since = Date.now();
    startLooking();
    await advanceClock(usherMessaging, db.database, HOUR_MS);
    const after = await eventually(async () => {
      const ms = await failedFor();
      return ms.length === 2 && ms.every((one, nth) => one > before[nth]!) && ms;
    });
    // On the way to the handler it counts as failing; the two seconds before, in which it waited, do not.
    const onTheWay = Date.now() - since;
    expect(after.every((ms, nth) => ms - before[nth]! <= onTheWay)).toBe(true);
  });

  it('waits in the wait queues when the outbox does not have it', async () => {
    const published = await postponedEvent(inOneHour(), { inOutbox: false });
    await allRows(published, { status: 'retrying', attempts: 0, until: null });
    wanted.delete(published.id);
    await allRows(published, { status: 'done', attempts: 1 });
  });
});
