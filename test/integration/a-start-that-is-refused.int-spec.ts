import { usherMessaging } from '#libs/contracts';
import { Controller, type Type } from '@nestjs/common';
import {
  deadLetterQueue,
  planTopology,
  Subscribe,
  type Subscription,
  TopologyMismatchError,
} from '#libs/messaging';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker } from '../support/test-worker.js';

let db: TestDatabase;
let broker: TestBroker;

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
});

afterAll(async () => {
  await broker.close();
  await db.drop();
});

describe('the start of a worker is refused', () => {
  const { subscribe } = testEvents();
  const first = subscribe('do-one-thing');
  const second = subscribe('do-another-thing');

  @Controller()
  class First {
    @Subscribe(first)
    async handle(): Promise<void> {}
  }

  @Controller()
  class Second {
    @Subscribe(second)
    async handle(): Promise<void> {}
  }

  @Controller()
  class FirstAgain {
    @Subscribe(first)
    async handle(): Promise<void> {}
  }

  @Controller()
  class Foreign {
    @Subscribe(testEvents().subscribe('live-elsewhere'))
    async handle(): Promise<void> {}
  }

  const starting = (subscriptions: Subscription[], handlers: Type[]) =>
    startTestWorker({ subscriptions, handlers, database: db.database });

  it('when a subscription of the app has no handler', async () => {
    await expect(starting([first, second], [First])).rejects.toThrow(
      `no handler for ${second.consumer}`,
    );
  });

  it('when a subscription has two', async () => {
    await expect(starting([first], [First, FirstAgain])).rejects.toThrow(
      `'${first.consumer}' has two handlers`,
    );
  });

  it('when a handler is in no list of the application', async () => {
    await expect(starting([first], [First, Foreign])).rejects.toThrow(
      'is in no list: add it to the subscriptions of the application',
    );
  });

  it('when a handler or a subscription is not among what the worker consumes', async () => {
    const consuming = (consumes: Subscription[], handlers: Type[]) =>
      startTestWorker({
        subscriptions: [first, second],
        handlers,
        consumes,
        database: db.database,
      });
    await expect(consuming([first], [First, Second])).rejects.toThrow(
      `has a handler for '${second.consumer}': add it to what ${first.app} consumes`,
    );
    await expect(consuming([first], [First])).rejects.toThrow(
      `${first.app} leaves ${second.consumer} waiting: add it to what ${first.app} consumes or answers`,
    );
  });

  it('when a queue exists with other arguments, naming queue, argument and both values', async () => {
    const planned = planTopology(usherMessaging, [], { subscriptions: [first] }).queues.find(
      ({ name }) => name === first.consumer,
    )!;
    await broker.channel.assertQueue(first.consumer, {
      durable: true,
      arguments: { ...planned.arguments, 'x-delivery-limit': 7 },
    });
    const refused = starting([first], [First]);
    await expect(refused).rejects.toThrow(TopologyMismatchError);
    await expect(refused).rejects.toThrow(first.consumer);
    await expect(refused).rejects.toThrow(/x-delivery-limit.*'50'.*'7'/);
    await broker.channel.deleteQueue(first.consumer);
    await broker.channel.deleteQueue(deadLetterQueue(first.consumer));
  });
});
