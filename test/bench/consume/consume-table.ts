import { table } from '../../../tools/usher-cli/src/table.js';
import { cells } from '../measuring/cells.js';
import { summarize } from '../measuring/statistics.js';
import type { DrainSample } from './drain.js';
import { growthOf, type MemoryCourse } from './memory.js';

interface Contenders {
  readonly usher: readonly DrainSample[];
  readonly amqplib: readonly DrainSample[];
  readonly nest: readonly DrainSample[];
}

/** All that the bench has measured. */
export interface ConsumeMeasurement {
  readonly prefetch1: Contenders;
  readonly prefetch10: Contenders;
  /** By the number of messages that waited. */
  readonly backlog: Readonly<Record<string, readonly DrainSample[]>>;
  /** Milliseconds by worker, one entry a round. */
  readonly startUp: readonly Readonly<Record<string, number>>[];
  readonly memory: MemoryCourse;
}

export function consumeTable(measured: ConsumeMeasurement): string {
  const { prefetch1, prefetch10, backlog, startUp, memory } = measured;
  const drains = [
    ...contenders('prefetch 1', prefetch1),
    ...contenders('prefetch 10', prefetch10),
    ...Object.entries(backlog).map(([size, samples]) =>
      row(`backlog of ${size}, prefetch 10`, samples),
    ),
  ];
  const apps = Object.keys(startUp[0]!);
  return [
    table([['medians of the rounds', 'events/s', 'spread', 'CPU ms for each'], ...drains]),
    table([
      ['', 'start-up to first message, ms', 'memory at the end, MB', 'to that after a fifth'],
      ...Object.entries(memory).map(([app, samples]) => {
        const { megabytes, growth } = growthOf(samples);
        const times = startUp.map((each) => each[app]!);
        const start = apps.includes(app) ? String(summarize(times).median) : '';
        return [app, start, String(megabytes), String(growth)];
      }),
    ]),
  ].join('\n\n');
}

const contenders = (name: string, { usher, amqplib, nest }: Contenders) => [
  row(`Usher, ${name}`, usher),
  row(`amqplib + pg, ${name}`, amqplib),
  row(`Nest's transport + pg, ${name}`, nest),
];

const row = (name: string, samples: readonly DrainSample[]) => [
  name,
  ...cells.rate(samples.map(({ perSecond }) => perSecond)),
  cells.cpu(samples),
];
