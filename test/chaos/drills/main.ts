import { table } from '../../../tools/usher-cli/src/table.js';
import { Stage } from '../stage.js';
import { brokerOutage } from './broker-outage.js';
import { instances, type Drill } from './drill.js';
import { stoppedWorker } from './stopped-worker.js';
import { readArguments } from '../../support/read-arguments.js';

const DRILLS: Record<string, Drill> = {
  'broker-outage': brokerOutage,
  'stopped-worker': stoppedWorker,
};

const names = Object.entries(DRILLS).map(([name, { about }]) => [`  ${name}`, about]);
const USAGE = `npm run drill -- <name> [--seconds N] [--logs <folder>]\n${table(names)}`;

const { values, positionals } = readArguments(
  {
    allowPositionals: true,
    options: { seconds: { type: 'string' }, logs: { type: 'string' } },
  },
  USAGE,
);
const drill = DRILLS[positionals[0] ?? ''];
const seconds = Number(values.seconds ?? drill?.seconds);
if (!drill || !(seconds > 0)) {
  console.log(USAGE);
  process.exit(2);
}

const startedAt = Date.now();
const say = (text: string) => {
  const elapsed = ((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6);
  process.stderr.write(`${elapsed} s  ${text}\n`);
};
const stage = await Stage.open();
const end = (exitCode: number) => void stage.clear(say).then(() => process.exit(exitCode));
process.once('SIGINT', () => end(130));
process.once('SIGTERM', () => end(143));
try {
  const { api, all } = await instances();
  const env = { ...drill.env, HTTP_HOST: '127.0.0.1', PUBLIC_URL: api };
  const fleet = await stage.fleet(all, env, values.logs);
  await fleet.startAll();
  say(`${all.length} processes are ready`);
  const result = await drill.run({ stage, fleet, api, say }, seconds);
  const problems = [...result.problems, ...fleet.unexpectedExits];
  const verdict = problems.length === 0 ? 'PASSED' : `FAILED: ${problems.length} problems`;
  console.log(
    [table(result.table), '', ...problems.map((text) => `- ${text}`), verdict].join('\n'),
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await stage.clear(say);
}
