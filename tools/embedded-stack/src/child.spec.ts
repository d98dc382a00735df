import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.js';

/** Starts another program that shares its output, and does not stop when it is asked to. */
const STUBBORN = `
  import { spawn } from 'node:child_process';
  process.on('SIGTERM', () => undefined);
  process.send(spawn('sleep', ['600'], { stdio: 'inherit' }).pid);
`;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-child-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it('a program that does not stop in time is ended, and so is what it has started', async () => {
  const program = join(directory, 'stubborn.mjs');
  await writeFile(program, STUBBORN);
  const child = new Child('stubborn', program);
  const grandchild = await child.message<number>();
  await child.stop(100);
  while (isRunning(grandchild)) await sleep(20);
  expect(child.hasExited).toBe(true);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
