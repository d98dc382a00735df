import { subscriptions } from '#libs/contracts';
import {
  checkTopology,
  declareTopology,
  MessagingConfig,
  planTopology,
  type Topology,
} from '#libs/messaging';
import { connect } from 'amqplib';
import { defineConfig } from '#libs/service-defaults';
import type { Command } from 'commander';
import { configured } from '../configured.js';
import { listing, print } from '../output.js';

interface Options {
  json?: boolean;
}

/** All that a plan depends on: it can be made without a broker. */
class PlanConfig extends defineConfig({
  CONSUMER_RETRY_DELAYS: MessagingConfig.shape.CONSUMER_RETRY_DELAYS,
}) {}

/** `topology plan | apply | check`: what is to exist on the broker, made so, compared. */
export function addTopology(program: Command): void {
  const topology = program
    .command('topology')
    .description("the broker's exchanges, queues and bindings");

  topology
    .command('plan')
    .description('show what would be declared')
    .option('--json', 'print JSON')
    .action(({ json }: Options) => print(plan(configured(PlanConfig)), json, describe));

  topology
    .command('apply')
    .description('declare what is missing; nothing is ever changed or deleted')
    .option('--json', 'print JSON')
    .action(async ({ json }: Options) => {
      const config = configured(MessagingConfig);
      const planned = plan(config);
      await withConnection(config, async (connection) => {
        const channel = await connection.createChannel();
        channel.on('error', () => undefined); // The rejected call tells the reason.
        await declareTopology(channel, planned);
        await channel.close();
      });
      const { exchanges, queues, bindings } = planned;
      print(
        { exchanges: exchanges.length, queues: queues.length, bindings: bindings.length },
        json,
        (counts) =>
          `Declared ${counts.exchanges} exchanges, ${counts.queues} queues and ${counts.bindings} bindings.`,
      );
    });

  topology
    .command('check')
    .description('compare the broker with the plan; exit 1 when something is missing or different')
    .option('--json', 'print JSON')
    .action(async ({ json }: Options) => {
      const config = configured(MessagingConfig);
      const managementUrl = process.env['RABBITMQ_MANAGEMENT_URL'];
      const report = await withConnection(config, (connection) =>
        checkTopology(connection, plan(config), managementUrl),
      );
      if (report.problems.length > 0) process.exitCode = 1;
      print(report, json, ({ problems, bindingsChecked }) =>
        [
          ...problems.map(({ entity, problem }) => `${entity}: ${problem}`),
          problems.length === 0 ? 'Everything is as planned.' : `${problems.length} problem(s).`,
          ...(bindingsChecked
            ? []
            : ['Bindings were not checked: AMQP cannot read them; give RABBITMQ_MANAGEMENT_URL.']),
        ].join('\n'),
      );
    });
}

const plan = (config: PlanConfig): Topology =>
  planTopology(subscriptions, config.CONSUMER_RETRY_DELAYS);

const describe = ({ exchanges, queues, bindings }: Topology): string =>
  [
    listing(
      ['EXCHANGE', 'TYPE'],
      exchanges.map(({ name, type }) => [name, type]),
      '',
    ),
    listing(
      ['QUEUE', 'ARGUMENTS'],
      queues.map((queue) => [
        queue.name,
        Object.entries(queue.arguments)
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
      ]),
      '',
    ),
    listing(
      ['BINDING', 'KEY', 'QUEUE'],
      bindings.map(({ exchange, key, queue }) => [exchange, key, queue]),
      '',
    ),
  ].join('\n\n');

async function withConnection<T>(
  { RABBITMQ_URL }: MessagingConfig,
  work: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const connection = await connectToAny(RABBITMQ_URL);
  connection.on('error', () => undefined); // The rejected call tells the reason.
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The first node of the cluster that answers. */
async function connectToAny(urls: readonly string[]): ReturnType<typeof connect> {
  const failures: Error[] = [];
  for (const url of urls) {
    try {
      return await connect(url, { timeout: 5_000 });
    } catch (error) {
      failures.push(error as Error);
    }
  }
  throw new Error(`no broker answers: ${failures.map((e) => e.message || 'refused').join('; ')}`);
}
