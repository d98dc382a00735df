import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OnlyOne } from './only-one.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-only-one-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('a second one is told what the first says of itself', async () => {
  let says = 'starting';
  const first = await OnlyOne.in(directory, () => says);
  await expect(OnlyOne.in(directory, () => '')).rejects.toThrow('starting');
  says = 'at http://127.0.0.1:3000';
  await expect(OnlyOne.in(directory, () => '')).rejects.toThrow('at http://127.0.0.1:3000');
  first.release();
});

it('says which process it is, as long as it runs', async () => {
  await expect(OnlyOne.holderOf(directory)).resolves.toBeUndefined();
  const first = await OnlyOne.in(directory, () => 'first');
  await expect(OnlyOne.holderOf(directory)).resolves.toBe(process.pid);
  first.release();
  await expect(OnlyOne.holderOf(directory)).resolves.toBeUndefined();
});

it('the next one may begin when the first has ended', async () => {
  const first = await OnlyOne.in(directory, () => 'first');
  first.release();
  const second = await OnlyOne.in(directory, () => 'second');
  second.release();
});

it('the next one may begin when the first was killed', async () => {
  const program = join(directory, 'holder.mjs');
  await writeFile(
    program,
    `import { createServer } from 'node:net';
     createServer().listen('up.sock', () => process.send('ready'));`,
  );
  const child = fork(program, { cwd: directory, execArgv: [] });
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const next = await OnlyOne.in(directory, () => 'next');
  next.release();
});
