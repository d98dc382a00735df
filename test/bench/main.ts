import { Logger } from '@nestjs/common';
import { table } from '../../tools/usher-cli/src/table.js';
import type { Bench, BenchOptions, BenchResult } from './bench.js';
import { burst } from './burst/burst.bench.js';
import { consume } from './consume/consume.bench.js';
import { figureOf, goals, limitOf, verdict, type Goal } from './measuring/goals.js';
import { describeMachine } from './measuring/machine.js';
import { mail } from './mail/mail.bench.js';
import { recommend } from './recommend/recommend.bench.js';
import { relay } from './relay/relay.bench.js';
import { commit, save } from './report/save.js';
import { schedule } from './schedule/schedule.bench.js';
import { signup } from './signup/signup.bench.js';
import { slowMail } from './slow-mail/slow-mail.bench.js';
import { readArguments } from '../support/read-arguments.js';

const benches: readonly Bench[] = [
  signup,
  slowMail,
  relay,
  consume,
  schedule,
  burst,
  mail,
  recommend,
];

const OPTIONS = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '10' },
  profiles: { type: 'string' },
  save: { type: 'boolean', default: false },
} as const;
const USAGE = `npm run bench -- <name>|all [--rounds ${OPTIONS.rounds.default}] [--seconds ${OPTIONS.seconds.default}] [--profiles <folder>] [--save]`;

const { values, positionals } = readArguments({ allowPositionals: true, options: OPTIONS }, USAGE);
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
/** What is kept must be worth keeping. */
const isLong = rounds >= 5 && seconds >= 10;
const chosen = benches.filter(({ name }) => positionals[0] === name || positionals[0] === 'all');
if (values.save && !isLong) {
  process.stderr.write('--save takes at least 5 rounds of 10 seconds\n');
  process.exitCode = 2;
} else if (chosen.length > 0 && Number.isInteger(rounds) && rounds > 0 && seconds > 0) {
  await measure({ rounds, seconds, profiles: values.profiles });
} else {
  process.stderr.write(
    `${USAGE}\n${table(benches.map(({ name, measures }) => [name, measures]))}\n`,
  );
  process.exitCode = 2;
}

async function measure(options: BenchOptions): Promise<void> {
  Logger.overrideLogger(false); // Standard output is for the one object.
  const results: object[] = [];
  for (const bench of chosen) results.push(await run(bench, options));
  console.log(JSON.stringify(positionals[0] === 'all' ? { bench: 'all', results } : results[0]));
}

async function run(bench: Bench, options: BenchOptions): Promise<object> {
  const say = (line: string) => process.stderr.write(`${bench.name}: ${line}\n`);
  const startedAt = new Date();
  const measuredCommit = commit(); // Before a saved page changes the tree.
  const measured = await bench.run(options, say);
  const { cpu, cores, memoryGb, system, node } = describeMachine();
  const servers = Object.entries(measured.servers ?? {}).map(([name, text]) => `${name} ${text}`);
  const where = [`${cores} × ${cpu}, ${memoryGb} GB, ${system}, Node ${node}`, ...servers];
  const text = [
    measured.table,
    goalTable(bench.name, measured),
    `${where.join('; ')}\nLoad, servers and what is measured share the same ${cores} cores.`,
  ];
  process.stderr.write(`\n${text.filter(Boolean).join('\n\n')}\n\n`);
  const result = {
    bench: bench.name,
    date: startedAt.toISOString(),
    commit: measuredCommit,
    machine: describeMachine(),
    servers: measured.servers,
    loadOnTheSameCores: true,
    rounds: options.rounds,
    seconds: options.seconds,
    figures: measured.figures,
    ...measured.result,
  };
  if (values.save) await save(result);
  return result;
}

function goalTable(bench: string, { figures = {} }: BenchResult): string {
  const rows = (Object.entries(goals) as [keyof typeof goals, Goal][])
    .filter(([, goal]) => goal.bench === bench)
    .map(([name, goal]) => {
      const figure = figures[name];
      const measured = figure ? figureOf(goal, figure) : '';
      return [goal.what, limitOf(goal), measured, verdict(goal, figure)];
    });
  return rows.length === 0 ? '' : table([['goal', '', 'median of the rounds', ''], ...rows]);
}
