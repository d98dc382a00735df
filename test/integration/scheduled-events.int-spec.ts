import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  advanceClock,
  type CloudEvent,
  currentTime,
  declareTopology,
  listScheduled,
  Outbox,
  OutboxStore,
  planTopology,
  Promoter,
  ScheduledEvents,
} from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestRelay } from '../support/test-relay.js';
import { testMessaging } from '../support/test-worker.js';

const HOUR_MS = 3_600_000;
/** As many as the outbox has room for. */
const ROOM = 399;

const { app, subscribe, event } = testEvents();
const subscription = subscribe('receive');
const messaging = testMessaging([subscription]);
const topology = planTopology(messaging, [1_000]);
const scheduled = new ScheduledEvents(messaging);
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
  await db.database.query('TRUNCATE messaging.outbox, messaging.scheduled');
  await db.database.query(`UPDATE messaging.clock SET ahead = '0'`);
  await broker.channel.purgeQueue(subscription.consumer);
});

afterAll(async () => {
  await broker.deleteAll(topology);
  await broker.close();
  await db.drop();
});

const keyOf = (id: string) => `${app}:test:${id}`;

const schedule = (
  each: CloudEvent,
  at: Date,
  key = keyOf(each.id),
  by: ScheduledEvents = scheduled,
) => db.database.transaction((transaction) => by.schedule(transaction, each, { key, at }));

const inAnHour = async () =>
  new Date((await currentTime(messaging, db.database)).getTime() + HOUR_MS);

const list = () => listScheduled(messaging, db.database, { limit: 100 });

const advance = (ms: number) => advanceClock(messaging, db.database, ms);

const outbox = () =>
  db.database.query<{ id: string; subject: string; occurred_at: Date; data: unknown }>(
    'SELECT id, subject, occurred_at, data, expected_consumers FROM messaging.outbox ORDER BY id',
  );

function startPromoter(by = new ScheduledEvents(messaging)) {
  const promoter = new Promoter(messaging, db.database, new Outbox(messaging), by);
  promoter.start();
  stops.push(() => promoter.stop());
  return promoter;
}

describe('a scheduled event', () => {
  it('is there exactly when its transaction commits, and goes when another one cancels it', async () => {
    const at = await inAnHour();
    const later = event();
    const failed = db.database.transaction(async (transaction) => {
      await scheduled.schedule(transaction, event(), { key: keyOf('lost'), at });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await schedule(later, at, keyOf('kept'));
    await expect(list()).resolves.toEqual([
      { key: keyOf('kept'), type: later.type, subject: later.subject, dueAt: at },
    ]);
    await expect(scheduled.cancel(db.database, keyOf('kept'))).resolves.toBe(true);
    await expect(scheduled.cancel(db.database, keyOf('kept'))).resolves.toBe(false);
    await expect(list()).resolves.toEqual([]);
  });

  it('is replaced by another one of the same key', async () => {
    const at = await inAnHour();
    const second = event('the second');
    await schedule(event('the first'), at, keyOf('one'));
    await schedule(second, new Date(at.getTime() + 1), keyOf('one'));
    await expect(list()).resolves.toMatchObject([
      { subject: second.subject, dueAt: new Date(at.getTime() + 1) },
    ]);
  });

  it.each(['tips', 'journey:tips', 'Journey:tips:1', 'journey:tips:', 'journey:tips:a b', ':a:b'])(
    'is not named %j',
    async (key) => {
      await expect(schedule(event(), new Date(), key)).rejects.toThrow('<owner>:<what>:<id>');
    },
  );

  it('has a name of 200 characters at most', async () => {
    const name = (length: number) => keyOf('x'.repeat(length - keyOf('').length));
    await schedule(event(), await inAnHour(), name(200));
    await expect(schedule(event(), new Date(), name(201))).rejects.toThrow('200 characters');
  });

  it('is not written when no consumer takes it', async () => {
    const { event: unheard } = testEvents();
    await schedule(unheard(), await inAnHour());
    await expect(list()).resolves.toEqual([]);
  });
});

describe('the promoter', () => {
  it('moves an event when it is due, with an id of that time and the time of the move', async () => {
    startPromoter();
    const { id: _, ...later } = { ...event('as it was'), traceparent: '00-0af7-b7ad-01' };
    const at = new Date(Date.now() + 1_500);
    await schedule({ ...later, id: 'of-no-use' }, at);
    const [row] = await eventually(async () => {
      const rows = await outbox();
      return rows.length > 0 && rows;
    });
    // The first 48 bits of a UUIDv7 are its milliseconds (RFC 9562, section 5.7).
    expect(Number.parseInt(row!.id.replace('-', '').slice(0, 12), 16)).toBe(at.getTime());
    expect(row).toMatchObject({
      subject: later.subject,
      data: later.data,
      expected_consumers: [subscription.consumer],
    });
    expect(row!.occurred_at.getTime()).toBeGreaterThanOrEqual(at.getTime());
    await expect(list()).resolves.toEqual([]);
  });

  it('takes a time in the past for now', async () => {
    startPromoter();
    await schedule(event(), new Date(0));
    const [row] = await eventually(async () => {
      const rows = await outbox();
      return rows.length > 0 && rows;
    });
    const ms = Number.parseInt(row!.id.replace('-', '').slice(0, 12), 16);
    expect(Date.now() - ms).toBeLessThan(30_000);
  });

  it('goes by the clock of the database, which a test moves on', async () => {
    startPromoter();
    const [soon, later] = [event(), event()];
    const at = await inAnHour();
    await schedule(later, at);
    await schedule(soon, new Date(at.getTime() - HOUR_MS / 2));
    const promoted = async () => (await outbox()).map(({ subject }) => subject);
    await expect(advance(HOUR_MS / 2)).resolves.toBe('30m');
    await eventually(async () => (await outbox()).length > 0);
    await expect(promoted()).resolves.toEqual([soon.subject]);
    await expect(advance(HOUR_MS / 2)).resolves.toBe('1h');
    await eventually(async () => (await outbox()).length === 2);
  });

  it('does not call late what was scheduled for a time that the clock has passed', async () => {
    await advance(2 * HOUR_MS);
    const before = await currentTime(messaging, db.database);
    await schedule(event(), new Date(before.getTime() - HOUR_MS));
    const [only] = await list();
    expect(only!.dueAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it('is woken by a commit of what is due soon, and by no other', async () => {
    const own = new ScheduledEvents(messaging);
    const woken = jest.fn();
    own.onCommitted(woken);
    await schedule(event(), await inAnHour(), keyOf('later'), own);
    expect(woken).not.toHaveBeenCalled();
    await schedule(event(), new Date(), keyOf('now'), own);
    expect(woken).toHaveBeenCalledTimes(1);
  });

  it('keeps fewer than 400 events waiting in the outbox, however many promoters there are', async () => {
    const due = new Date(Date.now() - HOUR_MS);
    await db.database.transaction(async (transaction) => {
      for (let i = 0; i < 1_000; i++)
        await scheduled.schedule(transaction, event(), { key: keyOf(String(i)), at: due });
    });
    for (let i = 0; i < 4; i++) startPromoter();
    await eventually(async () => (await outbox()).length === ROOM);
    await advance(1_000);
    const rows = await outbox();
    expect(rows).toHaveLength(ROOM);
    // What was tried and failed is no crowd: it waits for its next try.
    await db.database.query('UPDATE messaging.outbox SET attempts = 1');
    await eventually(async () => (await outbox()).length === 2 * ROOM);
  });

  it('and the relay bring a crowd to its consumer, each event once, the most overdue first', async () => {
    const relay = startTestRelay(new OutboxStore(messaging, db.database), { messaging });
    stops.push(() => relay.stop());
    const first = Date.now() - HOUR_MS;
    await db.database.transaction(async (transaction) => {
      for (let i = 0; i < 1_000; i++) {
        const at = new Date(first + i);
        await scheduled.schedule(transaction, event(String(i)), { key: keyOf(String(i)), at });
      }
    });
    await db.database.query(
      `UPDATE messaging.scheduled SET due_at = now() - interval '1 hour' + (data ->> 'note')::int * interval '1 ms'`,
    );
    startPromoter();
    await eventually(async () => (await broker.depth(subscription.consumer)) === 1_000);
    const notes: number[] = [];
    for (let m = await broker.take(subscription.consumer); m;) {
      notes.push(
        Number((JSON.parse(m.content.toString()) as { data: { note: string } }).data.note),
      );
      m = await broker.take(subscription.consumer);
    }
    expect(new Set(notes).size).toBe(1_000);
    expect(Math.max(...notes.slice(0, ROOM))).toBe(ROOM - 1);
  });

  it('leaves what no consumer takes any more, for the time when one does', async () => {
    const { event: other, subscribe: toOther } = testEvents();
    const both = new ScheduledEvents(testMessaging([subscription, toOther('receive')]));
    await schedule(other(), new Date(), keyOf('unheard'), both);
    await schedule(event(), new Date(), keyOf('heard'), both);
    startPromoter();
    await eventually(async () => (await outbox()).length === 1);
    await expect(list()).resolves.toMatchObject([{ key: keyOf('unheard') }]);
  });
});

describe('a cancel and a promotion at the same moment', () => {
  it('never both succeed, and never neither', async () => {
    startPromoter(scheduled);
    const outcomes = { cancelled: 0, promoted: 0 };
    for (let i = 0; i < 200; i++) {
      const key = keyOf(String(i));
      await schedule(event(), new Date(), key);
      await new Promise((resolve) => setTimeout(resolve, i % 25));
      const cancelled = await scheduled.cancel(db.database, key);
      outcomes[cancelled ? 'cancelled' : 'promoted']++;
    }
    expect(outcomes.cancelled).toBeGreaterThan(0);
    expect(outcomes.promoted).toBeGreaterThan(0);
    await expect(outbox()).resolves.toHaveLength(outcomes.promoted);
    await expect(list()).resolves.toEqual([]);
  });
});
