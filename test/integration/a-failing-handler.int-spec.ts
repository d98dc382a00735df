import { Controller } from '@nestjs/common';
import {
  type CloudEvent,
  deadLetterQueue,
  type Delivery,
  DependencyUnavailableError,
  PermanentError,
  retryQueue,
  Subscribe,
} from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const { definition, subscribe, event } = testEvents();
const subscription = subscribe('fail-sometimes');
const queue = subscription.consumer;

type Behaviour = (attempt: number, delivery: Delivery) => Promise<void>;
const behaviours = new Map<string, Behaviour>();
const runs: { id: string; attempt: number; at: number }[] = [];

@Controller()
class FailSometimes {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent, delivery: Delivery): Promise<void> {
    runs.push({ id, attempt: delivery.attempt, at: Date.now() });
    await behaviours.get(id)?.(delivery.attempt, delivery);
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
    handlers: [FailSometimes],
    database: db.database,
    env: { CONSUMER_HANDLER_TIMEOUT: '500ms' },
  });
});

afterAll(async () => {
  await worker.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

function publish(behaviour: Behaviour, note?: string): CloudEvent {
  const published = event(note);
  behaviours.set(published.id, behaviour);
  broker.publish(published);
  return published;
}

const ledger = async (id: string) => {
  const [row] = await db.database.query<{
    status: string;
    attempts: number;
    last_error: string | null;
  }>(
    'SELECT status, attempts, last_error FROM messaging.deliveries WHERE consumer = $1 AND event_id = $2',
    [queue, id],
  );
  return row;
};

const ended = (id: string, status: string) =>
  eventually(async () => {
    const row = await ledger(id);
    return row?.status === status && row;
  });

const deadLetter = async (id: string) => {
  const message = await eventually(() => broker.take(deadLetterQueue(queue)));
  expect(message.properties.messageId).toBe(id);
  return message;
};

const attemptsOf = (id: string) =>
  runs.filter((run) => run.id === id).map(({ attempt }) => attempt);

describe('a handler that throws', () => {
  it('is tried again after each delay, and succeeds in the end', async () => {
    const { id } = publish(async (attempt) => {
      if (attempt < 3) throw new Error('not yet');
    });
    await expect(ended(id, 'done')).resolves.toMatchObject({ attempts: 3, last_error: null });
    expect(attemptsOf(id)).toEqual([1, 2, 3]);
    const [first, second, third] = runs.filter((run) => run.id === id).map(({ at }) => at);
    expect(second! - first!).toBeGreaterThanOrEqual(100);
    expect(third! - second!).toBeGreaterThanOrEqual(300);
  });

  it('says in the ledger that it waits, and why', async () => {
    const { id } = publish(async (attempt) => {
      if (attempt < 3) throw new Error('the kettle is cold');
    });
    await expect(ended(id, 'retrying')).resolves.toMatchObject({
      last_error: 'the kettle is cold',
    });
    await ended(id, 'done');
  });

  it('lets other messages pass while it waits', async () => {
    const failing = publish(async (attempt) => {
      if (attempt < 3) throw new Error('slow one');
    });
    await ended(failing.id, 'retrying');
    const other = publish(async () => undefined);
    await ended(other.id, 'done');
    expect(await ledger(failing.id)).toMatchObject({ status: 'retrying' });
    await ended(failing.id, 'done');
  });

  it('lies among the dead letters after the last attempt, with the whole story in its headers', async () => {
    const startedAt = Date.now();
    const published = publish(async () => {
      throw new TypeError('never works');
    });
    await expect(ended(published.id, 'failed')).resolves.toMatchObject({
      attempts: 3,
      last_error: 'never works',
    });
    const { content, properties } = await deadLetter(published.id);
    expect(JSON.parse(content.toString())).toEqual(JSON.parse(JSON.stringify(published)));
    const headers = properties.headers!;
    expect(headers).toMatchObject({
      'dead-letter-reason': 'exhausted',
      'exception-type': 'TypeError',
      'exception-message': 'never works',
      attempts: 3,
      consumer: queue,
      'original-exchange': 'usher.events',
      'original-routing-key': definition.type,
    });
    expect(headers['exception-stack']).toContain('TypeError: never works');
    expect(Date.parse(headers['first-failed-at'])).toBeGreaterThanOrEqual(startedAt);
    expect(Date.parse(headers['dead-lettered-at'])).toBeGreaterThanOrEqual(
      Date.parse(headers['first-failed-at']),
    );
    expect(headers['host']).not.toBe('');
    expect(properties).toMatchObject({ type: definition.type, deliveryMode: 2, appId: 'test' });
  });

  it('carries no header of the broker when it is published again', async () => {
    const { id } = publish(async () => {
      throw new Error('for ever');
    });
    await ended(id, 'failed');
    const { properties } = await deadLetter(id);
    // The queue that it lies in counts its own deliveries; nothing else may be there.
    const own = ['x-delivery-count'];
    const foreign = Object.keys(properties.headers!).filter(
      (name) => name.startsWith('x-') && !own.includes(name),
    );
    expect(foreign).toEqual([]);
  });

  it('is dead-lettered at once by a PermanentError', async () => {
    const { id } = publish(async () => {
      throw new PermanentError('no such mailbox');
    });
    await expect(ended(id, 'failed')).resolves.toMatchObject({ attempts: 1 });
    const { properties } = await deadLetter(id);
    expect(properties.headers).toMatchObject({ 'dead-letter-reason': 'permanent', attempts: 1 });
    expect(attemptsOf(id)).toEqual([1]);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'no error at all'],
    [
      'an error without a name or a stack',
      Object.assign(new Error('odd'), { name: undefined, stack: 7 }),
    ],
  ])('may throw whatever it likes: %s', async (_, thrown) => {
    const { id } = publish(async () => {
      throw thrown;
    });
    await expect(ended(id, 'failed')).resolves.toMatchObject({ attempts: 3 });
    const { properties } = await deadLetter(id);
    expect(properties.headers).toMatchObject({
      'dead-letter-reason': 'exhausted',
      'exception-type': 'Error',
    });
  });

  it('uses up no attempt while a dependency is away', async () => {
    let tries = 0;
    const { id } = publish(async () => {
      tries++;
      if (tries <= 5) throw new DependencyUnavailableError('the mail server is away');
    });
    await expect(ended(id, 'done')).resolves.toMatchObject({ attempts: 1 });
    expect(attemptsOf(id)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('is stopped when it takes too long, and tried again', async () => {
    let aborted: boolean | undefined;
    const { id } = publish(async (attempt, { signal }) => {
      if (attempt > 1) return;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = signal.aborted;
    });
    await expect(ended(id, 'done')).resolves.toMatchObject({ attempts: 2 });
    expect(aborted).toBe(true);
  });

  it('leaves nothing half-done: a failed attempt is rolled back', async () => {
    await db.database.query(
      'CREATE TABLE IF NOT EXISTS public.effects (event_id uuid, attempt int)',
    );
    const { id } = publish(async (attempt, delivery) => {
      await delivery.inTransaction((transaction) =>
        transaction.query('INSERT INTO public.effects VALUES ($1, $2)', [
          delivery.eventId,
          attempt,
        ]),
      );
      if (attempt === 1) throw new Error('after the effect');
    });
    await ended(id, 'done');
    const effects = await db.database.query(
      'SELECT attempt FROM public.effects WHERE event_id = $1',
      [id],
    );
    expect(effects).toEqual([{ attempt: 2 }]);
  });

  it('waits in queues of its own, one per delay', async () => {
    await expect(broker.depth(retryQueue(queue, 100))).resolves.toBe(0);
    await expect(broker.depth(retryQueue(queue, 300))).resolves.toBe(0);
  });
});
