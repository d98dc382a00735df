import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';

const stage = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .split(/^FROM /m)
  .at(-1)!;
const listed = (instruction: string): string[] =>
  JSON.parse(new RegExp(`^${instruction} (.+)$`, 'm').exec(stage)![1]!);
const entryPoint = listed('ENTRYPOINT');

interface Service {
  readonly image?: string;
  readonly entrypoint?: string[];
  readonly command?: string;
}

const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as { services: Record<string, Service> };
const ours = Object.entries(services).filter(([, { image }]) => image === 'usher');

let folder: string;

/** The files of the image: what the last stage copies, from this checkout and its build. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-image-'));
  for (const [, paths] of stage.matchAll(/^COPY (?:--from=\S+ )?(.+)$/gm)) {
    const [destination, ...sources] = paths!.split(' ').toReversed() as [string, ...string[]];
    for (const source of sources.map((path) => path.replace(/^\/app\//, ''))) {
      const to = join(
        folder,
        destination,
        destination.endsWith('/') ? source.split('/').at(-1)! : '',
      );
      if (destination.endsWith('/')) mkdirSync(join(folder, destination), { recursive: true });
      if (source === 'node_modules') symlinkSync(join(root, source), to);
      else cpSync(join(root, source), to, { recursive: true });
    }
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(args[0]!, args.slice(1), {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH']!, NODE_ENV: 'production', ...env },
  });

it.each(appNames())('the image starts %s, which refuses to run without a configuration', (name) => {
  const { status, stderr } = run([...entryPoint, name]);
  expect(stderr).toContain('DATABASE_URL: is required');
  expect(status).toBe(78);
});

it('without a word it starts the API', () => {
  const { status, stderr } = run([...entryPoint, ...listed('CMD')]);
  expect(stderr).toMatch(/^api: /m);
  expect(status).toBe(78);
});

it('with another word it names the apps that there are', () => {
  const { status, stderr } = run([...entryPoint, 'nonsense']);
  for (const name of appNames()) expect(stderr).toContain(name);
  expect(status).toBe(2);
});

it('compose starts every app by its name, and migrates before', () => {
  expect(Object.fromEntries(ours.map(([name, { command }]) => [name, command]))).toEqual(
    Object.fromEntries([...appNames(), 'migrate'].map((name) => [name, name])),
  );
  const { status, stderr } = run([
    ...services['migrate']!.entrypoint!,
    services['migrate']!.command!,
  ]);
  expect(stderr).toContain('DATABASE_URL: is required');
  expect(status).toBe(2);
});
