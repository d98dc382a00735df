import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { built, root } from '../../tools/embedded-stack/src/paths.js';
import { createTestDatabase } from '../support/test-database.js';
import { SupervisedProcess } from './supervised-process.js';

/** Where Python is, with pika and jsonschema. */
export const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

/** CI does not go without; elsewhere Python may be missing. */
const hasPython = spawnSync(PYTHON, ['-c', 'import pika, jsonschema']).status === 0;
export const isRun = (language: string): boolean =>
  language !== 'Python' || hasPython || process.env['CI'] === 'true';

/** What a consumer is told by its environment. */
export type Configuration = Record<
  'RABBITMQ_URL' | 'QUEUE' | 'CONSUMER_RETRY_DELAYS' | 'CRASH_LIMIT',
  string
>;

/** A consumer in a process of its own whose handler obeys the events. */
export interface ConformingWorker {
  readonly process: SupervisedProcess;
  /** How often the effect of an event was committed. */
  effects(eventId: string): Promise<number>;
  /** How often the handler was run for it. */
  runs(eventId: string): number;
  /** Lets a handler go on that holds this event. */
  release(eventId: string): void;
  dispose(): Promise<void>;
}

export const LANGUAGES = {
  TypeScript: async (configuration: Configuration): Promise<ConformingWorker> => {
    const { url, database, drop } = await createTestDatabase();
    await database.query('CREATE TABLE public.effects (event_id uuid)');
    return worker(
      process.execPath,
      ['--enable-source-maps', built('test/conformance/typescript-worker.main.js')],
      { ...configuration, DATABASE_URL: url },
      async (id) => {
        const sql = 'SELECT count(*)::int AS count FROM public.effects WHERE event_id = $1';
        const [row] = await database.query<{ count: number }>(sql, [id]);
        return row!.count;
      },
      drop,
    );
  },
  Python: async (configuration: Configuration): Promise<ConformingWorker> => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-python-'));
    const file = join(folder, 'ledger.sqlite');
    const count = `import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(
    "SELECT count(*) FROM effects WHERE event_id = ?", sys.argv[2:]).fetchone()[0])`;
    return worker(
      PYTHON,
      [join(root, 'test/conformance/python_worker.py')],
      { ...configuration, LEDGER_FILE: file },
      async (id) => {
        const { stdout } = await promisify(execFile)(PYTHON, ['-c', count, file, id]);
        return Number(stdout);
      },
      () => rm(folder, { recursive: true, force: true }),
    );
  },
};

async function worker(
  command: string,
  args: string[],
  env: Record<string, string>,
  effects: (eventId: string) => Promise<number>,
  drop: () => Promise<void>,
): Promise<ConformingWorker> {
  const scratch = await mkdtemp(join(tmpdir(), 'usher-conformance-'));
  const supervised = new SupervisedProcess(command, args, { ...env, SCRATCH: scratch });
  supervised.start();
  return {
    process: supervised,
    effects,
    runs: (id) => {
      const file = join(scratch, id);
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
    },
    release: (id) => writeFileSync(join(scratch, `${id}.release`), ''),
    dispose: async () => {
      await supervised.stop();
      await drop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
