import { userRegistered, usherMessaging } from '#libs/contracts';
import { table } from '../../../tools/usher-cli/src/table.js';
import type { Bench } from '../bench.js';
import { cells } from '../measuring/cells.js';
import { countCpu } from '../measuring/cpu-time.js';
import { measureRounds } from '../measuring/rounds.js';
import { ratios, round } from '../measuring/statistics.js';
import type { NestEmitOptions } from '../references/nest-emit.main.js';
import type { PublishOptions } from '../references/publish.main.js';
import { withBenchServers, type BenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { outboxEmpty } from '../stack/follow-ups.js';
import { runReference } from '../stack/reference.js';
import { fillOutbox, someRegistration } from '../stack/sample-events.js';

/** As many as Usher's relay has. */
const WINDOW = 200;
/** So many events for each second that a round is to last, roughly. */
const EVENTS_PER_SECOND = 3_000;
const EVENT_TYPE = 'person.registered.v1';
/** As many as the event of a sign-up goes to. */
const QUEUES = usherMessaging
  .consumersOf(userRegistered.type)
  .map((_, i) => `reference.${'abcdefghij'[i]}`);

interface RelaySample {
  readonly perSecond: number;
  /** Milliseconds of processor time for each event, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

export const relay: Bench = {
  name: 'relay',
  measures: 'outbox events/s until confirmed, beside bare amqplib and Nest’s own client',
  run: ({ rounds, seconds, profiles }, say) =>
    withBenchServers(async (servers) => {
      const events = Math.ceil(seconds * EVENTS_PER_SECOND);
      const stack = await BenchStack.open(servers, profiles);
      try {
        await stack.start('api');
        await stack.broker.declareReference(EVENT_TYPE, QUEUES);
        const samples = await measureRounds(
          {
            usher: () => relayed(servers, stack, events),
            amqplib: () => publishedBy('publish', servers, stack, events),
            nest: () => publishedBy('nest-emit', servers, stack, events),
          },
          rounds,
          say,
        );
        const rates = samples.usher.map(({ perSecond }) => perSecond);
        return {
          table: describe(samples),
          result: { events, window: WINDOW, boundQueues: QUEUES.length, ...samples },
          servers: servers.versions,
          figures: { 'relay-to-amqplib': ratios(rates, samples.amqplib) },
        };
      } finally {
        await stack.close();
      }
    }),
};

/** A full outbox, relayed by the API as in production; from the first settled batch to the last. */
async function relayed(
  { postgres, broker }: BenchServers,
  stack: BenchStack,
  events: number,
): Promise<RelaySample> {
  await stack.reset();
  await fillOutbox(stack.database, events);
  const pids = { ...stack.pids, PostgreSQL: postgres.pid, broker: broker.pid };
  const cpuUsed = await countCpu(pids);
  await outboxEmpty(stack.database);
  const cpu = await cpuUsed();
  const [row] = await stack.database.query<{ after_first: string; seconds: string }>(
    `WITH ends AS (SELECT min(published_at) AS first, max(published_at) AS last FROM messaging.outbox)
     SELECT count(*) FILTER (WHERE published_at > first) AS after_first,
            extract(epoch FROM last - first) AS seconds
       FROM messaging.outbox, ends GROUP BY first, last`,
  );
  return {
    perSecond: round(Number(row!.after_first) / Number(row!.seconds)),
    cpu: Object.fromEntries(Object.entries(cpu).map(([name, ms]) => [name, round(ms / events)])),
  };
}

async function publishedBy(
  program: 'publish' | 'nest-emit',
  { broker }: BenchServers,
  stack: BenchStack,
  events: number,
): Promise<number> {
  const event = someRegistration();
  const common = {
    brokerUrl: broker.url,
    exchange: usherMessaging.names.events,
    events,
    window: WINDOW,
  };
  const options: PublishOptions | NestEmitOptions =
    program === 'publish'
      ? { ...common, routingKey: EVENT_TYPE, content: JSON.stringify(event) }
      : { ...common, pattern: EVENT_TYPE, data: event };
  const { perSecond } = await runReference<{ perSecond: number }>(program, options);
  for (const queue of QUEUES) await stack.broker.purge(queue);
  return round(perSecond);
}

const describe = (samples: { usher: RelaySample[]; amqplib: number[]; nest: number[] }) =>
  table([
    ['medians of the rounds', 'events/s', 'spread', 'CPU ms for each'],
    [
      'Usher',
      ...cells.rate(samples.usher.map(({ perSecond }) => perSecond)),
      cells.cpu(samples.usher),
    ],
    ['bare amqplib', ...cells.rate(samples.amqplib)],
    ['Nest’s own client', ...cells.rate(samples.nest)],
  ]);
