import { table } from '../../../tools/usher-cli/src/table.js';
import type { Bench, BenchResult } from '../bench.js';
import { measureRounds } from '../measuring/rounds.js';
import { ratios, summarize } from '../measuring/statistics.js';
import { withBenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { crowdDue, meanwhile, relayAlone, type Meanwhile } from './crowd.js';
import { lateness } from './lateness.js';
import { scheduleLater } from './sample-schedule.js';
import { topologyTimes, type TopologyTimes } from './topology-times.js';

/** So many events for each second that a round is to last, roughly: 100,000 in a round of 10 s. */
const EVENTS_PER_SECOND = 10_000;
/** Events that are due in years. */
const LATER_PER_SECOND = 100_000;
/** Events whose lateness is measured, one by one, on a machine that does nothing else. */
const IDLE_PER_SECOND = 20;

interface Measured {
  readonly relay: readonly number[];
  readonly crowd: readonly number[];
  readonly crowdBesideMany: readonly number[];
  readonly meanwhile: readonly Meanwhile[];
  readonly lateMs: readonly number[];
  readonly topology: readonly TopologyTimes[];
}

export const schedule: Bench = {
  name: 'schedule',
  measures: 'events/s of a crowd that is due at one moment; how late events are; a topology of 60',
  run: ({ rounds, seconds, profiles }, say) =>
    withBenchServers(async (servers) => {
      const events = Math.ceil(seconds * EVENTS_PER_SECOND);
      const later = Math.ceil(seconds * LATER_PER_SECOND);
      const stack = await BenchStack.open(servers, profiles);
      const full = await BenchStack.open(servers, profiles);
      try {
        await scheduleLater(full.database, later);
        await stack.start('api');
        await full.start('api');
        const samples = await measureRounds(
          {
            relay: () => relayAlone(stack, events),
            crowd: () => crowdDue(stack, events),
            crowdBesideMany: () => crowdDue(full, events),
            meanwhile: () => meanwhile(stack, events),
            lateMs: () => lateness(stack, Math.ceil(seconds * IDLE_PER_SECOND)),
            topology: () => topologyTimes(servers.broker.url),
          },
          rounds,
          say,
        );
        return {
          table: describe(samples),
          result: { events, later, ...samples },
          servers: servers.versions,
          figures: figuresOf(samples),
        };
      } finally {
        await full.close();
        await stack.close();
      }
    }),
};

const figuresOf = ({ relay, crowd, crowdBesideMany, lateMs, topology, ...rest }: Measured) =>
  ({
    'schedule-beside-many': ratios(crowdBesideMany, crowd),
    'schedule-to-relay': ratios(crowd, relay),
    'schedule-fresh-p99': summarize(rest.meanwhile.map(({ freshMs }) => freshMs)),
    'schedule-outbox-age': summarize(rest.meanwhile.map(({ oldestSeconds }) => oldestSeconds)),
    'schedule-late-p99': summarize(lateMs),
    'topology-fresh': summarize(topology.map(({ declared }) => declared)),
    'topology-again': summarize(topology.map(({ checked }) => checked)),
  }) satisfies BenchResult['figures'];

const describe = ({ relay, crowd, crowdBesideMany, lateMs, topology, ...rest }: Measured) =>
  table([
    ['medians of the rounds', ''],
    ['relay alone, events/s', String(summarize(relay).median)],
    ['due at one moment, events/s', String(summarize(crowd).median)],
    ['the same beside events that are due later', String(summarize(crowdBesideMany).median)],
    [
      'a fresh event meanwhile, p99 ms until it is published',
      String(summarize(rest.meanwhile.map(({ freshMs }) => freshMs)).median),
    ],
    [
      'the oldest event of the outbox meanwhile, seconds',
      String(summarize(rest.meanwhile.map(({ oldestSeconds }) => oldestSeconds)).median),
    ],
    ['idle: p99 ms from due to promoted', String(summarize(lateMs).median)],
    [
      'topology of 60 consumers: seconds to declare, to check',
      [
        summarize(topology.map(({ declared }) => declared)).median,
        summarize(topology.map(({ checked }) => checked)).median,
      ].join(', '),
    ],
  ]);
