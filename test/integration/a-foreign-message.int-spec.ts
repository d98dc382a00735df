import { usherMessaging } from '#libs/contracts';
import { Controller } from '@nestjs/common';
import { type CloudEvent, deadLetterQueue, DeadLetters, Subscribe } from '#libs/messaging';
import type { GetMessage } from 'amqplib';
import {
  encodeTable,
  tableOf,
} from '../../tools/embedded-stack/src/parts/broker/wire/field-table.js';
import { encodeFrame, FRAME } from '../../tools/embedded-stack/src/parts/broker/wire/frames.js';
import {
  encodeContentHeader,
  type Properties,
} from '../../tools/embedded-stack/src/parts/broker/wire/properties.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { methodFrame, opening, RawAmqpClient } from '../support/raw-amqp-client.js';
import { SeededRandom } from '../support/seeded-random.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestPublisher, type TestPublisher } from '../support/test-publisher.js';
import { startTestWorker, type TestWorker } from '../support/test-worker.js';

const SEED = 16;
const RANDOM_MESSAGES = 60;
const BODY = Buffer.from([0x00, 0xff, ...Buffer.from('no event')]);

const { subscribe, event } = testEvents();
const subscription = subscribe('meet-strangers');
const queue = subscription.consumer;
const handled: string[] = [];

@Controller()
class MeetStrangers {
  @Subscribe(subscription)
  async handle({ id }: CloudEvent): Promise<void> {
    handled.push(id);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let sender: TestPublisher;
let worker: TestWorker;
let stranger: RawAmqpClient;

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  sender = await startTestPublisher();
  worker = await startTestWorker({
    subscriptions: [subscription],
    handlers: [MeetStrangers],
    database: db.database,
  });
  stranger = await RawAmqpClient.connect(given('RABBITMQ_URL'));
  stranger.socket.write(opening(given('RABBITMQ_URL')));
});

afterAll(async () => {
  stranger.destroy();
  await worker.close();
  await sender.close();
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

/** Says bytes that no library would write. */
function send(properties: Properties, to = queue): void {
  const fields = { reserved1: 0, exchange: '', routingKey: to, mandatory: false, immediate: false };
  const frames = [
    methodFrame(1, 'basic.publish', fields),
    encodeFrame(FRAME.header, 1, encodeContentHeader(BODY.length, properties)),
    encodeFrame(FRAME.body, 1, BODY),
  ];
  for (const frame of frames) stranger.socket.write(frame);
}

const headers = (entries: Parameters<typeof tableOf>[0]) => encodeTable(tableOf(entries));

const deadLetter = (): Promise<GetMessage> =>
  eventually(() => broker.take(deadLetterQueue(queue)), 15_000);

async function stillWorks(): Promise<void> {
  const good = event();
  broker.publish(good);
  await eventually(() => handled.includes(good.id));
}

/** As {@link Properties} have it: one character is one byte. */
const NO_UTF8 = '\xfe'.repeat(100);

describe('a foreign message', () => {
  it.each<[string, Properties]>([
    ['a timestamp of 2^64 - 1', { timestamp: 2n ** 64n - 1n }],
    [
      'a traceparent of 66,000 characters',
      { headers: headers({ traceparent: 'a'.repeat(66_000) }) },
    ],
    ['a type of bytes that are no UTF-8', { type: NO_UTF8 }],
    ['a message id of bytes that are no UTF-8', { messageId: NO_UTF8 }],
  ])('with %s goes to the dead letters, its body untouched', async (_, properties) => {
    send(properties);
    const letter = await deadLetter();
    expect(letter.content).toEqual(BODY);
    expect(letter.properties.headers).toMatchObject({ 'dead-letter-reason': 'invalid' });
    expect(letter.properties.timestamp).toBeUndefined();
    expect(letter.properties.type).toBeUndefined();
    await stillWorks();
  });

  it(`never stops the consumer, whatever its properties are (seed ${SEED})`, async () => {
    const random = new SeededRandom(SEED);
    const bytes = (atLeast: number, atMost: number) => {
      const length = Math.floor(random.between(atLeast, atMost));
      return Buffer.from(Array.from({ length }, () => random.between(0, 256)));
    };
    const text = () => bytes(0, 255).toString('latin1');
    for (let turn = 0; turn < RANDOM_MESSAGES; turn++) {
      send({
        type: text(),
        appId: text(),
        messageId: text(),
        correlationId: text(),
        timestamp: BigInt(Math.floor(random.between(0, 2 ** 53))) * random.pick([1n, 2_047n]),
        headers: headers({ traceparent: bytes(0, 9_000), 'retry-attempt': bytes(0, 9) }),
      });
    }
    for (let turn = 0; turn < RANDOM_MESSAGES; turn++) {
      await expect(deadLetter()).resolves.toMatchObject({ content: BODY });
    }
    await stillWorks();
  });

  it('that somebody put among the dead letters can be sent back', async () => {
    send({ timestamp: 2n ** 64n - 1n, type: NO_UTF8, appId: NO_UTF8 }, deadLetterQueue(queue));
    await eventually(async () => (await broker.depth(deadLetterQueue(queue))) === 1);
    const deadLetters = new DeadLetters(
      usherMessaging,
      db.database,
      sender.connection,
      sender.publisher,
    );
    const replay = deadLetters.replay([queue], () => true);
    await expect(replay).resolves.toMatchObject({ replayed: [expect.any(String)] });
    await expect(deadLetter()).resolves.toMatchObject({
      content: BODY,
      properties: { headers: { 'replay-count': 1 } },
    });
  });
});

describe('a property that AMQP has no form for', () => {
  it('is an outcome of its own, and does not cost the channel', async () => {
    const publish = (timestamp: number) =>
      sender.publisher.publish({
        exchange: '',
        routingKey: deadLetterQueue(queue),
        content: BODY,
        properties: { messageId: 'x', timestamp },
      });
    await expect(publish(2 ** 64)).resolves.toBe('unencodable');
    await expect(publish(1)).resolves.toBe('confirmed');
    await deadLetter();
  });
});
