import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide, type Part } from './part.js';
import { root } from './paths.js';
import { postgres } from './parts/postgres.js';
import { rabbitmq } from './parts/rabbitmq.js';

/** Brings up what the tests need, runs jest with the arguments given, and ends with one line of totals. */
const TIME_LIMIT_MS = 15 * 60_000;
const stops: (() => Promise<void>)[] = [];
const directory = await mkdtemp(join(tmpdir(), 'usher-test-'));
// As root, PostgreSQL runs as a user of its own, who has to get in.
await chmod(directory, 0o755);

process.once('SIGINT', () => void clear().then(() => process.exit(130)));
process.once('SIGTERM', () => void clear().then(() => process.exit(143)));

try {
  const DATABASE_URL = await begin(postgres(join(directory, 'postgres')));
  const RABBITMQ_URL = await begin(rabbitmq(join(directory, 'rabbitmq')));
  process.exitCode = await runJest({ DATABASE_URL, RABBITMQ_URL });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
} finally {
  await clear();
}

/** What jest is asked to run: without a word about projects, those that need no long time and no faults. */
function jestArguments(): string[] {
  const given = process.argv.slice(2);
  const chosen = given.includes('--selectProjects');
  return chosen ? given : [...given, '--selectProjects', 'unit', 'integration', 'e2e'];
}

async function begin(part: Part): Promise<string> {
  const startedAt = Date.now();
  const { url, stop } = await provide(part);
  stops.push(stop);
  process.stderr.write(
    `Starting ${part.name} … ${((Date.now() - startedAt) / 1_000).toFixed(1)} s\n`,
  );
  return url;
}

async function runJest(env: Record<string, string>): Promise<number> {
  const results = join(directory, 'results.json');
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      `${root}node_modules/jest/bin/jest.js`,
      '--runInBand',
      '--json',
      `--outputFile=${results}`,
      ...jestArguments(),
    ],
    // The JSON that jest writes to its standard output as well is not for people.
    { cwd: root, stdio: ['inherit', 'ignore', 'inherit'], env: { ...process.env, ...env } },
  );
  const limit = setTimeout(() => {
    process.stderr.write(`the tests were ended after ${TIME_LIMIT_MS / 60_000} minutes\n`);
    jest.kill('SIGKILL');
  }, TIME_LIMIT_MS);
  const [code] = (await once(jest, 'exit')) as [number | null];
  clearTimeout(limit);
  const text = await readFile(results, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error('jest wrote no results');
  const totals = JSON.parse(text) as Record<string, number>;
  // A file that could not even be loaded has no tests to count, and is a failure all the same.
  const failed = totals['numFailedTests']! + totals['numRuntimeErrorTestSuites']!;
  const skipped = totals['numPendingTests']!;
  process.stdout.write(
    `\n${totals['numPassedTests']} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  );
  return code ?? 1;
}

async function clear(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await rm(directory, { recursive: true, force: true });
}
