import {
  checkTopology,
  declareTopology,
  MessagingConfig,
  planTopology,
  type Topology,
} from '#libs/messaging';
import { defineConfig } from '#libs/service-defaults';
import type { Command } from 'commander';
import { withBroker } from '../broker.js';
import { configured } from '../configured.js';
import { messagingHere } from '../features-here.js';
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
    .action(async ({ json }: Options) => print(await plan(), json, describe));

  topology
    .command('apply')
    .description('declare what is missing; nothing is ever changed or deleted')
    .option('--json', 'print JSON')
    .action(async ({ json }: Options) => {
      const planned = await plan();
      await withBroker(async ({ model }) => {
        const channel = await model.createChannel();
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
      const managementUrl = process.env['RABBITMQ_MANAGEMENT_URL'];
      const planned = await plan();
      const report = await withBroker(({ model }) => checkTopology(model, planned, managementUrl));
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

async function plan(): Promise<Topology> {
  const { CONSUMER_RETRY_DELAYS } = await configured(PlanConfig);
  return planTopology(await messagingHere(), CONSUMER_RETRY_DELAYS);
}

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
