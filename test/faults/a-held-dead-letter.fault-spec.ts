import { usherMessaging } from '#libs/contracts';
import { exec } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deadLetterQueue, declareTopology, planTopology } from '#libs/messaging';
import { connect, type ChannelModel } from 'amqplib';
import type { RunningPart } from '../../tools/embedded-stack/src/part.js';
import { rabbitmq } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { eventually } from '../support/eventually.js';
import { testEvents } from '../support/test-events.js';

/** How long the broker waits before it tries a held dead letter again: 180000 if nobody sets it. */
const RETRY_SETTING = 'dead_letter_worker_publisher_confirm_timeout';
const RETRY_MS = 1_000;
/** The figures of rabbitmqctl are up to five seconds old. */
const FIGURES_MS = 20_000;

const subscription = testEvents().subscribe('receive');
const topology = planTopology(usherMessaging, [1_000], { subscriptions: [subscription] });
const queue = subscription.consumer;
const deadLetters = deadLetterQueue(queue);

interface Figures {
  readonly name: string;
  readonly messages: number;
  readonly messages_ready: number;
  readonly messages_unacknowledged: number;
}

let directory: string;
let broker: RunningPart;
let connection: ChannelModel;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-held-dead-letter-'));
  // One of its own, since the setting counts for all queues.
  broker = await rabbitmq(directory).start();
  await ctl(`eval 'application:set_env(rabbit, ${RETRY_SETTING}, ${RETRY_MS}).'`);
  connection = await connect(broker.url);
});

afterAll(async () => {
  await connection?.close();
  await broker?.stop();
  await rm(directory, { recursive: true, force: true });
});

const ctl = async (command: string) =>
  (await promisify(exec)(`${broker.notes} --quiet ${command}`)).stdout;

/** What an operator looks at. */
async function figures(): Promise<Figures> {
  const columns = 'name messages messages_ready messages_unacknowledged';
  const rows = JSON.parse(await ctl(`--formatter json list_queues ${columns}`)) as Figures[];
  return rows.find(({ name }) => name === queue)!;
}

it('a dead letter without a queue stays where it died, counted in `messages` alone, until the queue is back', async () => {
  const channel = await connection.createConfirmChannel();
  await declareTopology(channel, topology);
  await channel.deleteQueue(deadLetters);
  channel.sendToQueue(queue, Buffer.from('poison'), { persistent: true });
  await channel.waitForConfirms();
  channel.nack(await eventually(() => channel.get(queue)), false, false);

  const held = { messages: 1, messages_ready: 0, messages_unacknowledged: 0 };
  await eventually(async () => {
    expect(await figures()).toMatchObject(held);
    return true;
  }, FIGURES_MS);
  // A client that asks over AMQP takes the queue for empty.
  expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 0 });

  await declareTopology(channel, topology);
  const deadLetter = await eventually(() => channel.get(deadLetters, { noAck: true }), FIGURES_MS);
  expect(deadLetter.content.toString()).toBe('poison');
  await eventually(async () => (await figures()).messages === 0, FIGURES_MS);
});
