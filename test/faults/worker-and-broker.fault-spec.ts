import { Controller } from '@nestjs/common';
import { type CloudEvent, deadLetterQueue, type Delivery, Subscribe } from '#libs/messaging';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy, UNTIL_SILENCE_IS_NOTICED_MS } from '../support/fault-proxy.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const { app, subscribe, event } = testEvents();
const subscription = subscribe('write-a-row');
const queue = subscription.consumer;
const CONSUMER = `${app} consumer`;
const PUBLISHER = `${app} publisher`;

type Behaviour = (run: number) => Promise<void>;
const behaviours = new Map<string, Behaviour>();
const runs: string[] = [];
let running = 0;

@Controller()
class WriteARow {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    running++;
    runs.push(id);
    try {
      await behaviours.get(id)?.(runsOf(id));
      await delivery.inTransaction((transaction) =>
        transaction.query('INSERT INTO public.effects VALUES ($1)', [id]),
      );
    } finally {
      running--;
    }
  }
}

let db: TestDatabase;
let broker: TestBroker;
let proxy: FaultProxy;
let worker: TestWorker;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.effects (event_id uuid)');
  broker = await TestBroker.connect();
});

beforeEach(async () => {
  proxy = await FaultProxy.before(given('RABBITMQ_URL'));
});

afterEach(async () => {
  await proxy.up();
  await worker.close();
  await proxy.close();
  runs.length = 0;
  // What a worker leaves unacknowledged, or among the dead letters, is found here.
  const left = {
    ready: await broker.depth(queue),
    dead: await broker.depth(deadLetterQueue(queue)),
  };
  await broker.deleteAll(worker.topology);
  expect(left).toEqual({ ready: 0, dead: 0 });
});

afterAll(async () => {
  await broker.close();
  await db.drop();
});

async function start(env: Record<string, string> = {}): Promise<void> {
  worker = await startTestWorker({
    subscriptions: [subscription],
    handlers: [WriteARow],
    database: db.database,
    env: { RABBITMQ_URL: proxy.url, ...env },
  });
  await ready();
}

const ready = () => eventually(() => worker.server.problem === undefined);

/** The worker is back, and has what it left unacknowledged in hand again. */
async function redelivered(): Promise<void> {
  await eventually(() => worker.server.problem !== undefined);
  await ready();
  await eventually(async () => (await broker.depth(queue)) === 0);
}

function publish(behaviour?: Behaviour): string {
  const published = event();
  if (behaviour) behaviours.set(published.id, behaviour);
  broker.publish(published);
  return published.id;
}

const runsOf = (id: string) => runs.filter((run) => run === id).length;

const ledger = async (id: string) => {
  const [row] = await db.database.query<{ status: string; attempts: number }>(
    'SELECT status, attempts FROM messaging.deliveries WHERE event_id = $1',
    [id],
  );
  return row;
};

const done = (id: string, timeoutMs?: number) =>
  eventually(async () => (await ledger(id))?.status === 'done', timeoutMs);

const effectsOf = async (id: string) =>
  (await db.database.query('SELECT 1 FROM public.effects WHERE event_id = $1', [id])).length;

/** A gate for each run of a handler, and a way to open it. */
function gates() {
  const open: (() => void)[] = [];
  const shut = [1, 2, 3].map(() => new Promise<void>((resolve) => open.push(resolve)));
  return { pass: (run: number) => shut[run - 1]!, open: (run: number) => open[run - 1]!() };
}

describe('a connection that is reset while a handler runs', () => {
  it('never has the old delivery settled on the new channel', async () => {
    await start();
    const { pass, open } = gates();
    const id = publish(pass);
    await eventually(() => runsOf(id) === 1);
    await proxy.reset();
    await redelivered();
    // The effect happens; its acknowledgement belongs to a channel that is gone. Both deliveries have
    // tag 1, so on the new channel it would settle the one that has arrived since.
    open(1);
    await eventually(() => runsOf(id) === 2);
    await expect(ledger(id)).resolves.toMatchObject({ status: 'done' });
    open(2);
    await eventually(() => running === 0);
    const next = publish();
    await done(next);
    expect(runs).toEqual([id, id, next]);
    await expect(effectsOf(id)).resolves.toBe(1);
    await expect(ledger(id)).resolves.toEqual({ status: 'done', attempts: 1 });
    // Two connections at the start, and two after the reset: no channel was lost in between.
    expect(proxy.accepted).toBe(4);
    expect(worker.server.problem).toBeUndefined();
  });

  it.each(['succeeds', 'fails'])(
    'more often than the crash limit: the one run that there is %s, and nothing is taken for a crash',
    async (end) => {
      await start({ CRASH_LIMIT: '3' });
      const { pass, open } = gates();
      const id = publish(async (run) => {
        await pass(run);
        if (run === 1 && end === 'fails') throw new Error('on purpose');
      });
      await eventually(() => runsOf(id) === 1);
      for (let reset = 0; reset < 5; reset++) {
        await proxy.reset();
        await redelivered();
      }
      expect(runs).toEqual([id]);
      open(1);
      open(2);
      await done(id);
      await eventually(() => running === 0);
      await expect(effectsOf(id)).resolves.toBe(1);
    },
  );
});

describe('a connection that is cut again and again', () => {
  it('20 times, each time with messages in hand: 50 effects, one each, and no attempt used up', async () => {
    await start({ CONSUMER_PREFETCH: '5' });
    let cuts = 0;
    const ids = Array.from({ length: 50 }, () =>
      publish(() => new Promise((resolve) => setTimeout(resolve, cuts < 20 ? 300 : 1))),
    );
    for (; cuts < 20; cuts++) {
      // Enough work for all the cuts, however fast it is.
      if ((await broker.depth(queue)) < 10) ids.push(publish(behaviours.get(ids[0]!)));
      await eventually(() => worker.server.problem === undefined && running > 0);
      await proxy.reset();
      await eventually(() => worker.server.problem !== undefined);
    }
    for (const id of ids) await done(id, 20_000);
    const [totals] = await db.database.query<{ effects: number; events: number; attempts: number }>(
      `SELECT count(*)::int AS effects, count(DISTINCT e.event_id)::int AS events, max(d.attempts)::int AS attempts
         FROM public.effects AS e JOIN messaging.deliveries AS d USING (event_id) WHERE event_id = ANY ($1)`,
      [ids],
    );
    expect(totals).toEqual({ effects: ids.length, events: ids.length, attempts: 1 });
    expect(proxy.accepted).toBeGreaterThanOrEqual(42);
  });
});

describe('a broker that is silent', () => {
  it('is noticed by its heartbeats; the message in hand has its effect once', async () => {
    await start();
    const { pass, open } = gates();
    const id = publish(pass);
    await eventually(() => runsOf(id) === 1);
    proxy.halfOpen();
    open(1);
    open(2);
    await done(id);
    await eventually(() => worker.server.problem !== undefined, UNTIL_SILENCE_IS_NOTICED_MS);
    await proxy.up();
    await ready();
    const next = publish();
    await done(next, 20_000);
    await expect(effectsOf(id)).resolves.toBe(1);
    await expect(ledger(id)).resolves.toEqual({ status: 'done', attempts: 1 });
  });

  it('does not keep a worker from stopping', async () => {
    await start();
    await done(publish());
    proxy.halfOpen();
    const startedAt = performance.now();
    await worker.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('a failure whose next attempt cannot be confirmed', () => {
  const failOnce: Behaviour = async (run) => {
    if (run === 1) throw new Error('the first time');
  };

  it('keeps the message until it is confirmed; the copies that arrive meanwhile have no effect', async () => {
    await start({ PUBLISH_CONFIRM_TIMEOUT: '300ms' });
    proxy.halfOpen(['to-client'], PUBLISHER);
    const id = publish(failOnce);
    // Each publish that was not confirmed comes back through the wait queue.
    await eventually(async () => (await broker.depth(queue)) >= 2);
    const other = publish();
    expect(runs).toEqual([id]);
    await expect(ledger(id)).resolves.toBeUndefined();
    await proxy.up();
    await done(id);
    await done(other);
    expect(runsOf(id)).toBeGreaterThanOrEqual(2);
    await expect(effectsOf(id)).resolves.toBe(1);
    await expect(ledger(id)).resolves.toEqual({ status: 'done', attempts: 2 });
  });

  it('and never arrives: the broker delivers the message again when the connection is lost', async () => {
    await start({ PUBLISH_CONFIRM_TIMEOUT: '300ms' });
    proxy.halfOpen(['to-server'], PUBLISHER);
    const id = publish(failOnce);
    const failedAt = await eventually(() => runsOf(id) === 1 && running === 0 && Date.now());
    // Two publishes have run out of time by then; the message is still the broker's.
    await eventually(() => Date.now() > failedAt + 1_000);
    await expect(ledger(id)).resolves.toBeUndefined();
    await proxy.reset(CONSUMER);
    await done(id);
    expect(runs).toEqual([id, id]);
    await proxy.reset(PUBLISHER);
    await proxy.up();
    await ready();
    await expect(effectsOf(id)).resolves.toBe(1);
    await expect(ledger(id)).resolves.toEqual({ status: 'done', attempts: 1 });
  });
});
