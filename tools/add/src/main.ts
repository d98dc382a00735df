import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { format, resolveConfig } from 'prettier';
import { root } from '../../embedded-stack/src/paths.js';
import { newWorker, RefusedError } from './new-worker.js';
import { workerEntries } from './worker-entries.js';
import { workerFiles } from './worker-files.js';

interface Options {
  readonly on: string;
  readonly handler: string;
  readonly external?: boolean;
  readonly table?: boolean;
}

const EX_USAGE = 2;
/** What `npm run docs:contracts` writes of a consumer. */
const PUBLISHED = ['docs/asyncapi.json', 'docs/events.md'];

/** Nothing is written unless all of it can be. */
async function addWorker(name: string, options: Options): Promise<void> {
  const { on: event, handler, external = false, table = false } = options;
  const worker = newWorker({ name, event, handler, isExternal: external, hasTable: table }, root);
  const files = workerFiles(worker, root);
  const taken = [...files.keys()].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new RefusedError(`there is a ${taken} already`);
  const texts = new Map(
    await Promise.all(
      [...files, ...workerEntries(worker, root)].map(
        async ([path, text]) => [path, await formatted(path, text)] as const,
      ),
    ),
  );
  const undo = await written(texts);
  for (const path of texts.keys()) print(`${files.has(path) ? 'new     ' : 'changed '} ${path}`);
  print('Publishing the consumer in docs/ …');
  const { status } = spawnSync('npm', ['run', '--silent', 'docs:contracts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    await undo();
    throw new Error('It does not build, as is said above. All files are as they were.');
  }
  print(
    `\nThe handler is in apps/${name}/src/${handler}/${handler}.handler.ts.\n` +
      `Test it: npm test -- --testPathPatterns ${handler}\nSee it run: npm run up, and a sign-up`,
  );
}

/** Writes the files; what it answers puts everything back. */
async function written(texts: ReadonlyMap<string, string>): Promise<() => Promise<void>> {
  const before = new Map<string, string>();
  for (const path of [...texts.keys(), ...PUBLISHED].filter((each) => existsSync(join(root, each))))
    before.set(path, await readFile(join(root, path), 'utf8'));
  for (const [path, text] of texts) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return async () => {
    for (const path of texts.keys()) if (!before.has(path)) await rm(join(root, path));
    for (const [path, text] of before) await writeFile(join(root, path), text);
  };
}

async function formatted(path: string, text: string): Promise<string> {
  const config = await resolveConfig(join(root, path));
  return format(text.trimStart(), { ...config, filepath: path });
}

const print = (line: string) => process.stdout.write(`${line}\n`);

const program = new Command('npm run add --').exitOverride();
program
  .command('worker <name>')
  .description('a new worker: files, entries, documentation and a test')
  .requiredOption('--on <event>', 'the event that it handles, such as user.registered.v1')
  .requiredOption('--handler <name>', 'what its handler does, such as record-registration')
  .option('--external', 'its effect is outside the database')
  .option('--table', 'it writes into a table of its own')
  .action(addWorker);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EX_USAGE;
  else {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = error instanceof RefusedError ? EX_USAGE : 1;
    if (error instanceof RefusedError) process.stderr.write('Nothing was written.\n');
  }
}
