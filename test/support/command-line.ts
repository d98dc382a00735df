import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { built } from '../../tools/embedded-stack/src/paths.js';

/** Runs the operator's command line as a process. */
export async function usher(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [built('tools/usher-cli/src/main.js'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}
