import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../tools/embedded-stack/src/paths.js';
import {
  MEASUREMENTS,
  PERFORMANCE_PAGE,
  performanceFiles,
  type SavedResult,
} from './performance-files.js';

/** What has been measured and kept, in the order of the names. */
export async function savedResults(): Promise<SavedResult[]> {
  const folder = join(root, MEASUREMENTS);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.toSorted().map(async (name) => {
      return JSON.parse(await readFile(join(folder, name), 'utf8')) as SavedResult;
    }),
  );
}

/** Keeps a result and makes the page of it. */
export async function save(result: SavedResult): Promise<void> {
  await mkdir(join(root, MEASUREMENTS), { recursive: true });
  const path = join(root, MEASUREMENTS, `${result.bench}.json`);
  await writeFile(path, `${JSON.stringify(result, undefined, 2)}\n`);
  const page = await readFile(join(root, PERFORMANCE_PAGE), 'utf8');
  for (const [file, content] of performanceFiles(page, await savedResults())) {
    await writeFile(join(root, file), content);
  }
}

/** What was measured: the commit, and whether there was anything beside it. */
export function commit(): string {
  try {
    const text = execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=10'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim();
  } catch {
    return 'unknown'; // Not a checkout of git.
  }
}
