import { figureOf, goals, limitOf, verdict, type Goal, type GoalName } from '../measuring/goals.js';
import type { Machine } from '../measuring/machine.js';
import { summarize, type Summary } from '../measuring/statistics.js';
import { linePlot, type Series } from './line-plot.js';

export const PERFORMANCE_PAGE = 'docs/performance.md';
/** One file a bench: what `npm run bench -- <name> --save` has measured. */
export const MEASUREMENTS = 'docs/measurements';

/** The part of a saved result that the page reads. */
export interface SavedResult {
  readonly bench: string;
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly servers?: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly figures?: Partial<Record<GoalName, Summary>>;
  /** Of `burst`. */
  readonly steps?: readonly OfferedStep[];
  /** Of `burst`: people who had their account by each second. */
  readonly crowds?: Readonly<Record<string, ServedCrowd>>;
  /** Of `consume`: the rounds by the number of messages that waited. */
  readonly backlog?: Readonly<Record<string, readonly { readonly perSecond: number }[]>>;
}

interface ServedCrowd {
  readonly stayed: number;
  readonly lastSeconds: number;
  readonly lastToIdeal: number;
  readonly served: readonly number[];
}

interface OfferedStep {
  readonly offeredPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * The page and its pictures, made of what was measured and of nothing else.
 * @throws Error when the page has no place for a part
 */
export function performanceFiles(
  page: string,
  results: readonly SavedResult[],
): ReadonlyMap<string, string> {
  const { steps, crowds } = results.find(({ bench }) => bench === 'burst') ?? {};
  const { backlog } = results.find(({ bench }) => bench === 'consume') ?? {};
  const pictures = new Map<string, string>();
  if (steps) pictures.set('docs/images/latency-by-load.svg', latencyByLoad(steps));
  if (crowds) pictures.set('docs/images/the-line.svg', peopleServed(crowds));
  if (backlog) pictures.set('docs/images/cost-by-backlog.svg', costByBacklog(backlog));
  const parts = {
    goals: goalTable(results),
    measurements: measurementTable(results),
    plots: [...pictures.keys()].map(imageOf).join('\n\n') || NOTHING,
  };
  const text = Object.entries(parts).reduce((rest, [name, part]) => {
    const begin = `<!-- generated: ${name} -->`;
    const place = new RegExp(`${begin}[^]*?<!-- end -->`);
    if (!place.test(rest)) throw new Error(`${PERFORMANCE_PAGE} has no '${begin}' with its end`);
    return rest.replace(place, () => `${begin}\n\n${part}\n\n<!-- end -->`);
  }, page);
  return new Map([[PERFORMANCE_PAGE, text], ...pictures]);
}

const NOTHING = 'Not measured yet.';

function goalTable(results: readonly SavedResult[]): string {
  const rows = (Object.entries(goals) as [GoalName, Goal][]).map(([name, goal]) => {
    const figure = results.find(({ bench }) => bench === goal.bench)?.figures?.[name];
    const measured = figure ? figureOf(goal, figure) : '';
    return [`\`${goal.bench}\``, goal.what, limitOf(goal), measured, verdict(goal, figure)];
  });
  return markdown(['bench', 'what', 'goal', 'measured', ''], rows);
}

function measurementTable(results: readonly SavedResult[]): string {
  if (results.length === 0) return NOTHING;
  const rows = results.map(({ bench, date, commit, machine, servers, rounds, seconds }) => {
    const versions = Object.entries(servers ?? {}).map((pair) => pair.join(' '));
    return [
      `[\`${bench}\`](measurements/${bench}.json)`,
      date.slice(0, 10),
      `\`${commit}\``,
      `${rounds} × ${seconds} s`,
      `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}`,
      [`Node ${machine.node}`, ...versions].join('; '),
    ];
  });
  return markdown(['bench', 'date', 'commit', 'rounds', 'machine', 'versions'], rows);
}

const latencyByLoad = (steps: readonly OfferedStep[]) =>
  linePlot({
    title: 'Sign-up latency against offered load, everything running',
    x: 'sign-ups offered per second',
    y: 'milliseconds',
    series: (['p50', 'p99'] as const).map((name): Series => ({
      name,
      points: steps.map((step) => [step.offeredPerSecond, step[name]]),
    })),
  });

/** Every crowd, and beside the first one what the steady rate would do. */
function peopleServed(crowds: NonNullable<SavedResult['crowds']>): string {
  const [first] = Object.values(crowds);
  const { stayed, lastSeconds, lastToIdeal } = first!;
  return linePlot({
    title: 'A crowd in the line: people who have their account',
    x: 'seconds since the first one came',
    y: 'people',
    scale: 'linear',
    series: [
      {
        name: 'ideal, all stay',
        points: [
          [0, 0],
          [lastSeconds / lastToIdeal, stayed],
        ],
      },
      ...Object.entries(crowds).map(([name, { served }]): Series => ({
        name,
        points: served.map((people, second) => [second, people]),
      })),
    ],
  });
}

const costByBacklog = (backlog: NonNullable<SavedResult['backlog']>) =>
  linePlot({
    title: 'Cost of one event against the backlog, notification worker at prefetch 10',
    x: 'messages that wait',
    y: 'microseconds per event',
    series: [
      {
        name: 'one worker',
        points: Object.entries(backlog).map(([size, samples]) => [
          Number(size),
          1e6 / summarize(samples.map(({ perSecond }) => perSecond)).median,
        ]),
      },
    ],
  });

const imageOf = (path: string) => {
  const name = path.split('/').at(-1)!;
  return `![${name.replace(/\.svg$/, '').replaceAll('-', ' ')}](images/${name})`;
};

/** In columns as prettier sets them. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) =>
    Math.max(3, cell.length, ...rows.map((row) => row[i]!.length)),
  );
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = lineOf(widths.map((width) => '-'.repeat(width)));
  return [lineOf(head), rule, ...rows.map(lineOf)].join('\n');
}
