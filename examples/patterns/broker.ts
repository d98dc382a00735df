// What every example needs and none is about: a connection, an end in time, and lines that align.
import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 20_000;
const POLL_MS = 10;

/** What an example declares for all to see; deleted at its end, and before it if a run was interrupted. */
interface Names {
  readonly queues?: readonly string[];
  readonly exchanges?: readonly string[];
}

/**
 * Connects to RABBITMQ_URL. An example that is not done in time ends the process with exit code 1.
 * The channel confirms: `waitForConfirms` resolves once the broker has the messages safe.
 */
export async function open(names: Names, deadlineMs = DEADLINE_MS) {
  setTimeout(() => fail(`not done after ${deadlineMs / 1_000} s: given up`), deadlineMs).unref();
  const connection = await reach();
  const channel = await connection.createConfirmChannel();
  await release(channel, names);
  const close = async () => {
    await release(channel, names);
    await connection.close();
  };
  return { connection, channel, close };
}

/** A new connection. */
export async function reach(): Promise<ChannelModel> {
  const url = brokerUrl();
  return connect(url).catch((error: Error) =>
    fail(`no connection to ${new URL(url).host}: ${error.message}`),
  );
}

export function brokerUrl(): string {
  const url = process.env['RABBITMQ_URL']?.split(',')[0]; // Of a cluster, any node will do.
  return url || fail('RABBITMQ_URL is not set; npm run example -- <name> starts a broker');
}

/** All that is ready in a queue, without acknowledgement; real consumers use `consume`, which does not poll. */
export async function takeAll(channel: ConfirmChannel, queue: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (!message) return bodies;
    bodies.push(message.content.toString());
  }
}

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(POLL_MS);
}

export const say = (who: string, what: string): void => console.log(`${who.padEnd(12)}${what}`);

export async function release(
  channel: Channel,
  { queues = [], exchanges = [] }: Names,
): Promise<void> {
  for (const queue of queues) await channel.deleteQueue(queue);
  for (const exchange of exchanges) await channel.deleteExchange(exchange);
}

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}
