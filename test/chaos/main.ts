import { ChaosRun } from './chaos-run.js';
import { describe } from './report.js';
import { SABOTAGES } from './sabotage.js';
import { readArguments } from '../support/read-arguments.js';

const USAGE = `npm run chaos -- [--signups 400] [--concurrency 8] [--seed 42] [--short] [--json]
                 [--sabotage ${SABOTAGES.join('|')}] [--logs <folder>]
With DATABASE_POOLER, such as 1.24:transaction, the apps reach PostgreSQL through a PgBouncer.`;
/** Whatever happens, a run ends. */
const TIME_LIMIT_MS = 12 * 60_000;

const { values } = readArguments(
  {
    options: {
      signups: { type: 'string' },
      concurrency: { type: 'string', default: '8' },
      seed: { type: 'string', default: '42' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      logs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  },
  USAGE,
);
const sabotage = SABOTAGES.find((name) => name === values.sabotage);
if (values.help || (values.sabotage && !sabotage)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const brief = values.short || sabotage !== undefined;
const options = {
  signups: Number(values.signups ?? (sabotage ? 40 : brief ? 100 : 400)),
  concurrency: Number(values.concurrency),
  seed: Number(values.seed),
  settleWithinMs: sabotage ? 20_000 : brief ? 90_000 : 180_000,
  sabotage,
  logs: values.logs,
};

const chaos = new ChaosRun(options, (line) => process.stderr.write(`${line}\n`));
const end = (exitCode: number) => void chaos.clear().then(() => process.exit(exitCode));
process.once('SIGINT', () => end(130));
process.once('SIGTERM', () => end(143));
setTimeout(() => {
  process.stderr.write(`not over after ${TIME_LIMIT_MS / 60_000} minutes\n`);
  end(1);
}, TIME_LIMIT_MS).unref();

try {
  const { audit, run } = await chaos.run();
  console.log(
    values.json ? JSON.stringify({ ...options, ...audit, ...run }) : describe(audit, run),
  );
  process.exitCode = audit.problems.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  await chaos.clear();
}
