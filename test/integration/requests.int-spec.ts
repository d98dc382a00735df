import { Controller, Logger } from '@nestjs/common';
import { ClientRMQ } from '@nestjs/microservices';
import { Answer, defineRequest, NoAnswerError, RequestClient, Subscribe } from '#libs/messaging';
import { lastValueFrom } from 'rxjs';
import { z } from 'zod';
import { FaultProxy } from '../support/fault-proxy.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEvents } from '../support/test-events.js';
import { startTestWorker, testMessaging, type TestWorker } from '../support/test-worker.js';

const { app, subscribe } = testEvents();
const subscription = subscribe('ignore');
const double = defineRequest(`${app}.double`, {
  deadlineMs: 2_000,
  question: z.object({ number: z.number() }),
  answer: z.object({ doubled: z.number() }),
});
/** Whoever asks for it waits for a moment only. */
const hurried = { ...double, deadlineMs: 100 };
const asking = testMessaging([subscription], [double]);

const computed: number[] = [];

@Controller()
class Handlers {
  @Subscribe(subscription)
  async ignore(): Promise<void> {}

  @Answer(double)
  async answer({ number }: { number: number }) {
    computed.push(number);
    if (number < 0) throw new Error('below nothing');
    return { doubled: number === 7 ? (undefined as never) : 2 * number };
  }
}

let db: TestDatabase;
let broker: TestBroker;
let proxy: FaultProxy;
let worker: TestWorker;
let client: RequestClient;

const startWorker = () =>
  startTestWorker({
    subscriptions: [subscription],
    requests: [double],
    handlers: [Handlers],
    database: db.database,
  });

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  proxy = await FaultProxy.before(given('RABBITMQ_URL'));
  worker = await startWorker();
  client = new RequestClient(asking, [proxy.url], 'asking');
  client.start();
  await eventually(() => client.isActive);
});

afterAll(async () => {
  await client.stop();
  await worker.close();
  await broker.channel.deleteQueue(double.queue);
  await broker.deleteAll(worker.topology);
  await proxy.close();
  await broker.close();
  await db.drop();
});

describe('a question', () => {
  it('is answered, each by its own answer', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => 10 + i);
    const answers = await Promise.all(numbers.map((number) => client.ask(double, { number })));

    expect(answers).toEqual(numbers.map((number) => ({ doubled: 2 * number })));
  });

  it.each<[string, unknown, string]>([
    ['at which the handler fails', -1, 'below nothing'],
    ['that is none', 'three', 'number'],
    ['to which the answer is nonsense', 7, 'nonsense'],
  ])('%s has no answer, and says why', async (_which, number, reason) => {
    const asked = client.ask(double, { number: number as number });

    await expect(asked).rejects.toThrow(NoAnswerError);
    await expect(asked).rejects.toThrow(reason);
  });

  it('of a Nest client is understood, and its answer by the client', async () => {
    const nest = new ClientRMQ({
      urls: [given('RABBITMQ_URL')],
      queue: double.queue,
      noAssert: true,
    });
    await nest.connect();
    const answer = await lastValueFrom(nest.send(double.queue, { number: 4 }));
    const failure = await lastValueFrom(nest.send(double.queue, { number: -4 })).catch(
      (error: unknown) => error,
    );
    await nest.close();

    expect(answer).toEqual({ doubled: 8 });
    expect(failure).toEqual({ message: 'below nothing' });
  });

  it('that is no JSON, or that nobody waits for, does the worker no harm', async () => {
    const options = { replyTo: 'amq.rabbitmq.reply-to', correlationId: 'x' };
    broker.channel.sendToQueue(double.queue, Buffer.from('{"pattern":'));
    await broker.channel.consume('amq.rabbitmq.reply-to', () => undefined, { noAck: true });
    broker.channel.sendToQueue(double.queue, Buffer.from('{"pattern":'), options);

    await expect(client.ask(double, { number: 5 })).resolves.toEqual({ doubled: 10 });
  });

  it('is asked again with success after the connection was lost', async () => {
    await proxy.reset();
    await eventually(() => !client.isActive);
    await expect(client.ask(double, { number: 6 })).rejects.toThrow('no broker');
    await eventually(() => client.isActive);

    await expect(client.ask(double, { number: 6 })).resolves.toEqual({ doubled: 12 });
  });

  it('without a broker is not sent, and fails at once', async () => {
    const nowhere = new RequestClient(asking, ['amqp://127.0.0.1:1'], 'nowhere');
    nowhere.start();

    await expect(nowhere.ask(double, { number: 1 })).rejects.toThrow('no broker');
    await nowhere.stop();
  });

  it('that nobody waits for any more is never computed', async () => {
    await worker.close();
    const impatient = new RequestClient(
      testMessaging([subscription], [hurried]),
      [given('RABBITMQ_URL')],
      'impatient',
    );
    impatient.start();
    await eventually(() => impatient.isActive);
    await expect(impatient.ask(hurried, { number: 98 })).rejects.toThrow('within 100 ms');
    await impatient.stop();
    await eventually(async () => (await broker.depth(double.queue)) === 0);
    worker = await startWorker();

    await expect(client.ask(double, { number: 99 })).resolves.toEqual({ doubled: 198 });
    expect(computed).toContain(99);
    expect(computed).not.toContain(98);
  });
});
