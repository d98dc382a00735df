import { Controller } from '@nestjs/common';
import { type CloudEvent, deadLetterQueue, type Delivery, Subscribe } from '#libs/messaging';
import { createDataSource, Database, type Sql } from '#libs/database';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const POOL = 5;
const EVENTS = 20;
const STATEMENT_TIMEOUT_MS = 500;

const { subscribe, event } = testEvents();
const writing = subscribe('write-a-row');
const calling = subscribe('make-a-call', 'external');
const consumers = [writing.consumer, calling.consumer];

/** What the handler of an event does between its effect and its end. */
type Behaviour = (run: number, transaction: Sql) => Promise<unknown>;
const behaviours = new Map<string, Behaviour>();
const runs: string[] = [];
const calls: string[] = [];

@Controller()
class WriteARow {
  @Subscribe(writing)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    runs.push(id);
    await delivery.inTransaction(async (transaction) => {
      await transaction.query('INSERT INTO public.effects VALUES ($1)', [id]);
      await behaviours.get(id)?.(runsOf(id), transaction);
    });
  }
}

@Controller()
class MakeACall {
  @Subscribe(calling)
  async handle({ id }: CloudEvent): Promise<void> {
    calls.push(id);
  }
}

let db: TestDatabase;
let proxy: FaultProxy;
let broker: TestBroker;
let worker: TestWorker;
/** The worker's own way to the database. */
let disconnect: () => Promise<void>;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('CREATE TABLE public.effects (event_id uuid)');
  broker = await TestBroker.connect();
  proxy = await FaultProxy.before(db.url);
  const dataSource = await createDataSource({
    url: proxy.url,
    applicationName: 'test worker',
    poolSize: POOL,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  }).initialize();
  disconnect = () => dataSource.destroy();
  worker = await startTestWorker({
    subscriptions: [writing, calling],
    handlers: [WriteARow, MakeACall],
    database: new Database(dataSource),
    env: {
      CONSUMER_PREFETCH: '4',
      CONSUMER_HANDLER_TIMEOUT: '8s',
      CONSUMER_EXTERNAL_TIMEOUT: '8s',
    },
  });
});

afterEach(async () => {
  await proxy.up();
  for (const consumer of consumers) {
    await expect(broker.depth(deadLetterQueue(consumer))).resolves.toBe(0);
  }
});

afterAll(async () => {
  await worker.close();
  await disconnect();
  await proxy.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

function publish(behaviour?: Behaviour): string {
  const published = event();
  if (behaviour) behaviours.set(published.id, behaviour);
  broker.publish(published);
  return published.id;
}

const publishAll = () => Array.from({ length: EVENTS }, () => publish());
const runsOf = (id: string) => runs.filter((run) => run === id).length;
const callsOf = (id: string) => calls.filter((call) => call === id).length;

const effectsOf = async (id: string) =>
  (await db.database.query('SELECT 1 FROM public.effects WHERE event_id = $1', [id])).length;

const done = (id: string, consumer = writing.consumer, timeoutMs = 30_000) =>
  eventually(async () => {
    const rows = await db.database.query(
      `SELECT 1 FROM messaging.deliveries WHERE consumer = $1 AND event_id = $2 AND status = 'done'`,
      [consumer, id],
    );
    return rows.length > 0;
  }, timeoutMs);

/** Everything happened, once, and at the first attempt. */
async function allOnce(ids: readonly string[]): Promise<void> {
  await allWrittenOnce(ids);
  for (const id of ids) await done(id, calling.consumer);
  expect(ids.filter((id) => callsOf(id) !== 1)).toEqual([]);
  await expect(attemptsOf(ids, calling.consumer)).resolves.toEqual(ids.map(() => 1));
}

async function allWrittenOnce(ids: readonly string[]): Promise<void> {
  for (const id of ids) await done(id, writing.consumer);
  const effects = await db.database.query<{ event_id: string }>(
    'SELECT event_id FROM public.effects WHERE event_id = ANY ($1)',
    [ids],
  );
  expect(effects.map((row) => row.event_id).toSorted()).toEqual(ids.toSorted());
  await expect(attemptsOf(ids, writing.consumer)).resolves.toEqual(ids.map(() => 1));
}

async function attemptsOf(ids: readonly string[], consumer: string): Promise<number[]> {
  const rows = await db.database.query<{ attempts: number }>(
    'SELECT attempts FROM messaging.deliveries WHERE event_id = ANY ($1) AND consumer = $2',
    [ids, consumer],
  );
  return rows.map(({ attempts }) => attempts);
}

describe('a database that is down', () => {
  it('for ten times as long as all retry steps together: uses up no attempt, and every effect happens once', async () => {
    await proxy.down();
    const ids = publishAll();
    const until = Date.now() + 4_000;
    await eventually(() => Date.now() > until);
    expect(runs.length).toBeGreaterThan(EVENTS);
    await proxy.up();
    await allOnce(ids);
  });
});

describe('a connection that is reset', () => {
  /** More often than there are attempts. */
  const RESETS = 5;

  it.each<[string, Behaviour]>([
    [
      'between two statements of a transaction',
      async (_, transaction) => {
        await proxy.reset();
        await transaction.query('SELECT 1');
      },
    ],
    [
      'during a statement',
      async (_, transaction) => {
        const statement = transaction.query('SELECT pg_sleep(0.4)');
        await Promise.all([statement, proxy.reset()]);
      },
    ],
    [
      'before the commit',
      async () => {
        await proxy.reset();
      },
    ],
  ])('%s: rolls back, and uses up no attempt', async (_, fault) => {
    const id = publish(async (run, transaction) => run <= RESETS && fault(run, transaction));
    await allWrittenOnce([id]);
    expect(runsOf(id)).toBe(RESETS + 1);
  });

  it('between the commit and the answer to it: the effect is not repeated', async () => {
    const id = publish(async (run) => {
      if (run === 1)
        await done(id, calling.consumer).then(() => void proxy.cutAfter(1, 'to-client'));
    });
    await done(id);
    await eventually(() => runsOf(id) === 2);
    await allWrittenOnce([id]);
  });
});

describe('a database that is silent', () => {
  it('for longer than all retry steps together: uses up no attempt, and every effect happens once', async () => {
    await allOnce(publishAll());
    proxy.halfOpen();
    const ids = publishAll();
    await eventually(() => runs.filter((run) => ids.includes(run)).length > 4);
    await proxy.up();
    await allOnce(ids);
  });

  it('on the connections that were open: they are given up, and new ones do the work', async () => {
    await allOnce(publishAll());
    const before = proxy.accepted;
    proxy.strand();
    const ids = publishAll();
    await allOnce(ids);
    expect(proxy.accepted).toBeGreaterThan(before);
  });

  it('in the middle of a transaction that the server keeps open: the event waits, and uses up no attempt', async () => {
    const id = publish(async (run, transaction) => {
      if (run > 1) return;
      await done(id, calling.consumer);
      proxy.strand();
      await transaction.query('SELECT 1');
    });
    // More often than there are attempts it meets the row that the first run has locked.
    await eventually(() => runsOf(id) > 5);
    await expect(effectsOf(id)).resolves.toBe(0);
    await proxy.reset();
    await allOnce([id]);
  });
});
