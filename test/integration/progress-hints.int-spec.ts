import { usherMessaging } from '#libs/contracts';
import { Controller } from '@nestjs/common';
import {
  DependencyUnavailableError,
  Hints,
  PermanentError,
  PROGRESS,
  Subscribe,
} from '#libs/messaging';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const events = testEvents();
const transactional = events.subscribe('write-something', 'transaction', true);
const external = events.subscribe('send-something', 'external', true);
const quiet = events.subscribe('do-something-unseen');

let failure: Error | undefined;

@Controller()
class Handlers {
  @Subscribe(transactional)
  async write(): Promise<void> {
    if (failure) throw failure;
  }

  @Subscribe(quiet)
  async doUnseen(): Promise<void> {}

  @Subscribe(external)
  async send(): Promise<void> {
    if (failure) throw failure;
  }
}

let database: TestDatabase;
let broker: TestBroker;
let hints: Hints;
let worker: TestWorker;
let heard: { userId: string; statuses: string[] }[];

beforeAll(async () => {
  database = await createTestDatabase();
  broker = await TestBroker.connect();
  hints = new Hints(usherMessaging, [given('RABBITMQ_URL')], 'test hints');
  hints.subscribe(PROGRESS, (body) => {
    for (const userId of (body as { subjects: string[] }).subjects) {
      void statusesOf(userId).then((statuses) => heard.push({ userId, statuses }));
    }
  });
  hints.start();
  await eventually(() => hints.isActive);
  worker = await startTestWorker({
    subscriptions: [transactional, external, quiet],
    handlers: [Handlers],
    database: database.database,
    hints,
  });
});

beforeEach(() => {
  heard = [];
  failure = undefined;
});

afterAll(async () => {
  await worker.close();
  await hints.stop();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await database.drop();
});

/** What the ledger said when the hint had come. */
async function statusesOf(userId: string): Promise<string[]> {
  const rows = await database.database.query<{ status: string }>(
    'SELECT status FROM messaging.deliveries WHERE subject = $1 AND consumer <> $2',
    [userId, quiet.consumer],
  );
  return rows.map(({ status }) => status);
}

const heardOf = (userId: string) => heard.filter((hint) => hint.userId === userId);

describe('after a change of the ledger a hint says whose it is', () => {
  it('when an event has been handled', async () => {
    const event = events.event();
    broker.publish(event);
    await eventually(() =>
      heardOf(event.subject).some(
        ({ statuses }) => statuses.length === 2 && statuses.every((status) => status === 'done'),
      ),
    );
  });

  it('when it will be tried again', async () => {
    failure = new DependencyUnavailableError('the mail server is away');
    const event = events.event();
    broker.publish(event);
    await eventually(() =>
      heardOf(event.subject).some(({ statuses }) => statuses.includes('retrying')),
    );
    failure = undefined;
    await eventually(async () => (await statusesOf(event.subject)).join() === 'done,done');
  });

  it('when it is given up', async () => {
    failure = new PermanentError('never');
    const event = events.event();
    broker.publish(event);
    await eventually(() =>
      heardOf(event.subject).some(
        ({ statuses }) => statuses.length === 2 && statuses.every((status) => status === 'failed'),
      ),
    );
  });

  it('and none when nobody watches that consumer', async () => {
    const alone = testEvents();
    const unwatched = alone.subscribe('do-something-unseen');
    @Controller()
    class Unwatched {
      @Subscribe(unwatched)
      async handle(): Promise<void> {}
    }
    const other = await startTestWorker({
      subscriptions: [unwatched],
      handlers: [Unwatched],
      database: database.database,
      hints,
    });
    const [unseen, seen] = [alone.event(), events.event()];
    broker.publish(unseen);
    await eventually(async () => (await statusesOf(unseen.subject)).join() === 'done');
    // A hint that comes after it shows that none is under way.
    broker.publish(seen);
    await eventually(() => heardOf(seen.subject).length > 0);
    expect(heardOf(unseen.subject)).toEqual([]);
    await other.close();
    await broker.deleteAll(other.topology);
  });
});
