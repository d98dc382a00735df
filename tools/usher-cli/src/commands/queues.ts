import { usherMessaging } from '#libs/contracts';
import { isReachable, listQueues, planTopology, type QueueCounter } from '#libs/messaging';
import type { Channel, ChannelModel } from 'amqplib';
import type { Command } from 'commander';
import { withBroker } from '../broker.js';
import { confirmed } from '../confirm.js';
import { listing, print } from '../output.js';

interface Options {
  json?: boolean;
  force?: boolean;
  ifEmpty?: boolean;
}

/** `queues list | purge | delete`. */
export function addQueues(program: Command): void {
  const queues = program.command('queues').description('the queues on the broker');

  queues
    .command('list')
    .description("Usher's queues that exist, with what waits in them")
    .option('--json', 'print JSON')
    .action(async ({ json }: Options) => {
      const found = await withBroker(async ({ config, queues: counter }) => {
        const topology = planTopology(usherMessaging, config.CONSUMER_RETRY_DELAYS);
        return listQueues(counter, topology);
      });
      if (found.some(({ unreachable }) => unreachable)) process.exitCode = 1;
      print(found, json, (rows) =>
        listing(
          ['QUEUE', 'TYPE', 'DURABLE', 'MESSAGES', 'CONSUMERS'],
          rows.map(({ name, type, durable, messages, consumers, unreachable }) =>
            [name, type, durable, messages ?? 'unreachable', consumers ?? unreachable].map(String),
          ),
          'None of the queues exists yet: usher topology apply declares them.',
        ),
      );
    });

  queues
    .command('purge <queue>')
    .description('throw away what waits in a queue')
    .option('--force', 'without asking')
    .option('--json', 'print JSON')
    .action(async (queue: string, { force, json }: Options) => {
      const result = await withBroker(async ({ model, queues: counter }) => {
        const { messages } = await countOrFail(counter, queue);
        if (messages > 0) await allow(`Throw away ${messages} message(s) of ${queue}?`, force);
        const { messageCount } = await onChannel(model, (channel) => channel.purgeQueue(queue));
        return { queue, purged: messageCount };
      });
      print(result, json, ({ purged }) => `Threw away ${purged} message(s) of ${queue}.`);
    });

  queues
    .command('delete <queue>')
    .description('delete a queue')
    .option('--if-empty', 'only when nothing waits in it, without asking')
    .option('--force', 'even when messages wait in it, without asking')
    .option('--json', 'print JSON')
    .action(async (queue: string, { force, ifEmpty, json }: Options) => {
      const result = await withBroker(async ({ model, queues: counter }) => {
        const { messages, consumers } = await countOrFail(counter, queue);
        // The broker answers its own if-empty and if-unused on a quorum queue by closing the connection (540).
        if (messages > 0 && !force) {
          throw new Error(
            `${queue} holds ${messages} message(s); nothing was deleted. --force deletes it all the same.`,
          );
        }
        // A consumer may hold messages that are not among those that wait.
        if (ifEmpty && consumers > 0 && !force) {
          throw new Error(
            `${queue} has ${consumers} consumer(s), which may hold messages; nothing was deleted. Stop them first.`,
          );
        }
        if (!ifEmpty) await allow(`Delete ${queue}?`, force);
        const { messageCount } = await onChannel(model, (channel) => channel.deleteQueue(queue));
        return { queue, deleted: true, messages: messageCount };
      });
      print(result, json, ({ messages }) => `Deleted ${queue} and ${messages} message(s).`);
    });
}

async function allow(question: string, force: boolean | undefined): Promise<void> {
  if (force || (await confirmed(question))) return;
  throw new Error('Nothing was done. --force does it without asking.');
}

async function countOrFail(counter: QueueCounter, queue: string) {
  const look = await counter.countOne(queue);
  if (!look) throw new Error(`There is no queue '${queue}'.`);
  if (!isReachable(look)) throw new Error(`${queue}: ${look.unreachable}. Nothing was done.`);
  return look;
}

/** On a channel of its own, since a refusal closes it. */
async function onChannel<T>(
  model: ChannelModel,
  work: (channel: Channel) => Promise<T>,
): Promise<T> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // The rejected call tells the reason.
  const result = await work(channel);
  await channel.close();
  return result;
}
