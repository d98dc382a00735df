import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { root } from './paths.js';

/** How many tests ended how. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const TIME_LIMIT_MS = 40 * 60_000;
/** After its results are written, a process that something keeps alive is ended, and that is a failure. */
const EXIT_WITHIN_MS = 30_000;

/**
 * Runs jest once.
 * @param results a file of its own that jest may write to
 * @throws Error when it ends without results
 */
export async function runJest(
  args: readonly string[],
  env: Record<string, string>,
  results: string,
): Promise<Totals> {
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      `${root}node_modules/jest/bin/jest.js`,
      '--runInBand',
      '--json',
      `--outputFile=${results}`,
      ...args,
    ],
    // The JSON that jest writes to its standard output as well is not for people.
    { cwd: root, stdio: ['inherit', 'ignore', 'inherit'], env: { ...process.env, ...env } },
  );
  // A stop of this process alone, as by `kill`, would leave jest without the servers of its tests.
  const end = () => jest.kill('SIGKILL');
  process.once('exit', end);
  const limit = setTimeout(() => {
    process.stderr.write(`the tests were ended after ${TIME_LIMIT_MS / 60_000} minutes\n`);
    jest.kill('SIGKILL');
  }, TIME_LIMIT_MS);
  const lingering = setInterval(() => {
    const written = statSync(results, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && Date.now() - written > EXIT_WITHIN_MS) jest.kill('SIGKILL');
  }, 1_000);
  const [code] = (await once(jest, 'exit')) as [number | null];
  process.off('exit', end);
  clearTimeout(limit);
  clearInterval(lingering);
  const text = await readFile(results, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error('jest wrote no results');
  const counts = JSON.parse(text) as Record<string, number>;
  // A file that could not even be loaded has no tests to count, and is a failure all the same.
  const failed = counts['numFailedTests']! + counts['numRuntimeErrorTestSuites']!;
  return {
    passed: counts['numPassedTests']!,
    // Jest fails for more than tests, such as a pattern that finds none.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: counts['numPendingTests']! + counts['numTodoTests']!,
  };
}
