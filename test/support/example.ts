import { exec, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { root } from '../../tools/embedded-stack/src/paths.js';

interface Options {
  readonly env?: NodeJS.ProcessEnv;
  /** Gets every line of standard error. */
  readonly onNote?: (note: string) => void;
}

/** Runs `npm run example -- …` as a process, without npm's own lines. */
export async function example(
  args: readonly string[],
  { env = process.env, onNote = () => undefined }: Options = {},
) {
  const child = spawn(process.execPath, [`${root}tools/example.mjs`, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const notes: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    notes.push(line);
    onNote(line);
  });
  const [stdout, [code]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr: notes.join('\n') };
}

/** Without a broker's address: the launcher starts its own. */
export function withoutBroker(): NodeJS.ProcessEnv {
  const { RABBITMQ_URL: _, ...env } = process.env;
  return env;
}

/** Stops and starts RabbitMQ inside its node, by the start of a command line that asks it. */
export async function restart(rabbitmqctl: string): Promise<void> {
  for (const command of ['stop_app', 'start_app'])
    await promisify(exec)(`${rabbitmqctl} ${command}`);
}
