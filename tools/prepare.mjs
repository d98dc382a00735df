// Installs and builds when something is missing or out of date. No dependency: it runs on a bare clone.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const SOURCES = [
  'apps',
  'libs',
  'tools',
  'examples/patterns',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];
/** What the build writes last. */
const BUILT = join(root, 'dist', 'apps', 'web', 'index.html');
const INSTALLED = join(root, 'node_modules', '.package-lock.json');

/** @param more what else is to be built and may be out of date */
export function prepare(more = []) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: Usher needs 20.19 or newer.`);
  }
  if (timeOf(INSTALLED) < timeOf(join(root, 'package-lock.json'))) {
    step('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    utimesSync(INSTALLED, new Date(), new Date());
  }
  if (timeOf(BUILT) < newest([...SOURCES, ...more].map((path) => join(root, path)))) {
    step('Building', 'npm', ['run', '--silent', 'build']);
  }
}

function step(title, command, args) {
  const startedAt = Date.now();
  process.stderr.write(`${title} … `);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) {
    process.stderr.write(`${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
    return;
  }
  fail(`failed\n${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
}

function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      if (!stat.isDirectory()) return stat.mtimeMs;
      const entries = readdirSync(path).filter((name) => !name.endsWith('.spec.ts'));
      return Math.max(stat.mtimeMs, newest(entries.map((name) => join(path, name))));
    }),
  );
}

function timeOf(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
