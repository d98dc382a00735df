import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
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

/** Nothing is written unless all of it can be. */
async function addWorker(name: string, options: Options): Promise<void> {
  const { on: event, handler, external = false, table = false } = options;
  const worker = newWorker({ name, event, handler, isExternal: external, hasTable: table }, root);
  const files = workerFiles(worker, root);
  const taken = [...files.keys()].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new RefusedError(`there is a ${taken} already`);
  const texts = [...files, ...workerEntries(worker, root)].map(
    async ([path, text]) => [path, await formatted(path, text)] as const,
  );
  for (const [path, text] of await Promise.all(texts)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    print(`${files.has(path) ? 'new     ' : 'changed '} ${path}`);
  }
  print('Publishing the consumer in docs/ …');
  const { status } = spawnSync('npm', ['run', '--silent', 'docs:contracts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('it does not build; `npm run docs:contracts` says why');
  print(
    `\nThe handler is in apps/${name}/src/${handler}/${handler}.handler.ts.\n` +
      `See it run: npm run up, sign up, then npm test -- --testPathPatterns ${handler}`,
  );
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
