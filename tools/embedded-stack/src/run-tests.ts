import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest, type Totals } from './jest.js';
import { provide, type Part, type RunningPart } from './part.js';
import { embeddedBroker } from './parts/embedded-broker.js';
import { parsePooler, pgbouncer } from './parts/pgbouncer.js';
import { postgres } from './parts/postgres.js';
import { findBinaries, rabbitmq } from './parts/rabbitmq.js';

/**
 * Brings up what the tests need, runs jest with the arguments given, and ends with one line of totals.
 * With RABBITMQ_URL everything runs on that broker; without it the projects that this list names run on a
 * RabbitMQ of their own, and all others on the embedded broker. DATABASE_POOLER, such as `1.24:transaction`,
 * puts a PgBouncer before PostgreSQL.
 */
const ON_RABBITMQ = ['rabbitmq', 'examples', 'faults', 'cluster'];
/** Without a word about projects: those that need no long time and no faults. */
const DEFAULT_PROJECTS = ['unit', 'integration', 'e2e'];
/** The tests of which a pass on the embedded broker is worth something only if they pass on RabbitMQ too. */
const CONTRACT = ['--selectProjects', 'rabbitmq'];
/** What asks nothing but HTTP and mails, of the stack that E2E_BASE_URL and E2E_MAIL_URL name. */
const ON_A_RUNNING_STACK = ['--selectProjects', 'e2e', '--testPathPatterns', 'a-running-stack'];
const NO_TEST = '--testNamePattern=(?!)';

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const stops: (() => Promise<void>)[] = [];
const directory = await mkdtemp(join(tmpdir(), 'usher-test-'));
// As root, PostgreSQL runs as a user of its own, who has to get in.
await chmod(directory, 0o755);

process.once('SIGINT', () => void clear().then(() => process.exit(130)));
process.once('SIGTERM', () => void clear().then(() => process.exit(143)));

try {
  await runAll(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  totals.failed++;
} finally {
  await clear();
}
const { passed, failed, skipped } = totals;
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function runAll(given: readonly string[]): Promise<void> {
  if (process.env['E2E_BASE_URL']) return run(ON_A_RUNNING_STACK, {});
  const chosen = given.includes('--selectProjects');
  const needsRabbitmq = chosen && ON_RABBITMQ.some((project) => given.includes(project));
  const DATABASE_URL = await beginDatabase();
  if (given.length === 0 && !process.env['RABBITMQ_URL']) {
    // Lanes side by side, since most of their time is waiting; each on a broker of its own.
    await allOf([
      runOnEmbeddedBroker(['unit', 'integration', '--shard=1/2'], DATABASE_URL),
      runOnEmbeddedBroker(['unit', 'integration', '--shard=2/2'], DATABASE_URL),
      runOnEmbeddedBroker(['e2e', '--shard=1/2'], DATABASE_URL).then(() =>
        runContract(DATABASE_URL),
      ),
      runOnEmbeddedBroker(['e2e', '--shard=2/2'], DATABASE_URL),
    ]);
    return;
  }
  const broker = needsRabbitmq ? await beginRabbitmq() : await beginEmbeddedBroker();
  const args = chosen ? given : [...given, '--selectProjects', ...DEFAULT_PROJECTS];
  await run(args, { DATABASE_URL, ...broker });
}

/** With DATABASE_POOLER everything reaches PostgreSQL through a pooler. */
async function beginDatabase(): Promise<string> {
  const { url } = await begin(postgres(join(directory, 'postgres'), ['fsync=off']));
  const pooler = process.env['DATABASE_POOLER'];
  return pooler ? (await begin(pgbouncer({ url, ...parsePooler(pooler) }))).url : url;
}

async function runOnEmbeddedBroker(
  selection: readonly string[],
  DATABASE_URL: string,
): Promise<void> {
  await run(['--selectProjects', ...selection], { DATABASE_URL, ...(await beginEmbeddedBroker()) });
}

/** Waits for all of them: what one fails at must not take the servers away from the others. @throws what the first failed at */
async function allOf(lanes: readonly Promise<void>[]): Promise<void> {
  for (const lane of await Promise.allSettled(lanes))
    if (lane.status === 'rejected') throw lane.reason;
}

/** The same contract once more, on RabbitMQ; CI does not go without. */
async function runContract(DATABASE_URL: string): Promise<void> {
  process.stderr.write('\nThe broker contract once more, on RabbitMQ:\n');
  if (findBinaries()) {
    await run(CONTRACT, { DATABASE_URL, ...(await beginRabbitmq()) });
    return;
  }
  await run([...CONTRACT, NO_TEST], {});
  process.stderr.write(
    'Skipped: there is no rabbitmq-server on this machine (apt-get install rabbitmq-server), and no RABBITMQ_URL.\n',
  );
  if (process.env['CI'] === 'true') throw new Error('In CI they must run.');
}

async function beginEmbeddedBroker() {
  return { RABBITMQ_URL: (await begin(embeddedBroker())).url };
}

/** A node of our own may be restarted by a test, with the command line that is passed on. */
async function beginRabbitmq() {
  const { url, notes } = await begin(rabbitmq(join(directory, 'rabbitmq')));
  return { RABBITMQ_URL: url, ...(notes !== undefined && { RABBITMQ_CTL: notes }) };
}

async function run(args: readonly string[], env: Record<string, string>): Promise<void> {
  const results = join(directory, `results-${performance.now()}.json`);
  const counts = await runJest(args, env, results);
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  totals.skipped += counts.skipped;
}

async function begin(part: Part): Promise<RunningPart> {
  const startedAt = Date.now();
  const running = await provide(part);
  stops.push(running.stop);
  process.stderr.write(
    `Starting ${part.name} … ${((Date.now() - startedAt) / 1_000).toFixed(1)} s\n`,
  );
  return running;
}

async function clear(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await rm(directory, { recursive: true, force: true });
}
