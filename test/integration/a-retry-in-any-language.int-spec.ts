import { userRegistered, usherMessaging } from '#libs/contracts';
import {
  defineSubscription,
  eventMessage,
  planTopology,
  retryHeadersSchema,
  retryQueue,
} from '#libs/messaging';
import { spawnSync } from 'node:child_process';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { registered } from '../conformance/registered.js';
import { isRun, LANGUAGES, PYTHON } from '../conformance/workers.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { randomName } from '../support/random-name.js';
import { TestBroker } from '../support/test-broker.js';

const START_TIMEOUT_MS = 30_000;

let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
});

afterAll(() => broker.close());

(isRun('Python') ? it : it.skip)('the Python consumer passes its own unit tests', () => {
  const { status, stderr } = spawnSync(
    PYTHON,
    ['-B', '-m', 'unittest', 'discover', `${root}examples/python-consumer`],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(/^Ran \d+ tests/m),
  });
});

describe.each(Object.entries(LANGUAGES))('a retry in %s', (language, start) => {
  (isRun(language) ? it : it.skip)(
    'waits in the queue of its delay, with its past in the headers',
    async () => {
      const queue = `test-${randomName()}.wait`;
      const subscription = defineSubscription(userRegistered, { consumer: queue });
      const worker = await start({
        RABBITMQ_URL: given('RABBITMQ_URL'),
        QUEUE: queue,
        CONSUMER_RETRY_DELAYS: '60m',
        CRASH_LIMIT: '10',
      });
      try {
        await eventually(async () => (await broker.consumers(queue)) === 1, START_TIMEOUT_MS);
        const event = registered('fail 1');
        const { content, properties } = eventMessage(event, '', queue);
        broker.channel.sendToQueue(queue, content, properties);
        const waiting = await eventually(() => broker.take(retryQueue(queue, 3_600_000)));
        const { messageId, deliveryMode } = waiting.properties;
        const { 'x-delivery-count': _, ...headers } = waiting.properties.headers!;
        expect(headers).toEqual({
          'retry-attempt': 1,
          'first-failed-at': expect.any(String),
          'last-error': 'not yet',
        });
        retryHeadersSchema.parse(headers);
        expect({ messageId, deliveryMode }).toEqual({ messageId: event.id, deliveryMode: 2 });
      } finally {
        await worker.dispose();
        await broker.deleteAll(
          planTopology(usherMessaging, [3_600_000], { subscriptions: [subscription] }),
        );
      }
    },
  );
});
