import { jest } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Answer, ConfirmPublisher, defineRequest, RequestClient, Subscribe } from '#libs/messaging';
import { z } from 'zod';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, testMessaging, type TestWorker } from '../support/test-worker.js';

const { app, subscribe } = testEvents();
const subscription = subscribe('ignore');
const double = defineRequest(`${app}.double`, {
  deadlineMs: 5_000,
  question: z.object({ number: z.number() }),
  answer: z.object({ doubled: z.number() }),
});

@Controller()
class Handlers {
  @Subscribe(subscription)
  async ignore(): Promise<void> {}

  @Answer(double)
  async answer({ number }: { number: number }) {
    return { doubled: 2 * number };
  }
}

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;
let client: RequestClient;

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  worker = await startTestWorker({
    subscriptions: [subscription],
    requests: [double],
    handlers: [Handlers],
    database: db.database,
  });
  client = new RequestClient(
    testMessaging([subscription], [double]),
    [given('RABBITMQ_URL')],
    'asking',
  );
  client.start();
  await eventually(() => client.isActive);
  await eventually(() => worker.server.problem === undefined);
});

afterAll(async () => {
  await client.stop();
  await worker.close();
  await broker.channel.deleteQueue(double.queue);
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

describe('an answer to a request', () => {
  it('reaches its asker, and counts as confirmed', async () => {
    const publish = jest.spyOn(ConfirmPublisher.prototype, 'publish');
    await expect(client.ask(double, { number: 21 })).resolves.toEqual({ doubled: 42 });
    await expect(Promise.all(publish.mock.results.map(({ value }) => value))).resolves.toEqual([
      'confirmed',
    ]);
    publish.mockRestore();
  });
});
