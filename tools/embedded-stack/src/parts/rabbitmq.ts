import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Child } from '../child.js';
import { freePort } from '../free-port.js';
import type { Part } from '../part.js';
import { built, root } from '../paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/rabbitmq.main.js');
const START_TIMEOUT_MS = 60_000;

/** Where packages put the server's own scripts; the ones on the PATH change to the system's user. */
const BINARIES = [
  '/usr/lib/rabbitmq/bin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/opt/rabbitmq/sbin',
];

/**
 * Where a `rabbitmq-server` is: of the version that RABBITMQ_VERSION names, else this machine's own.
 * @throws Error when that version cannot be had here
 */
export function findBinaries(): string | undefined {
  const version = process.env['RABBITMQ_VERSION'];
  if (version) return binariesOf(version);
  return [process.env['RABBITMQ_BIN'] ?? '', ...BINARIES].find((directory) =>
    existsSync(`${directory}/rabbitmq-server`),
  );
}

/** Takes half a minute the first time, when it unpacks the version. */
const binariesOf = (version: string): string =>
  execFileSync('bash', [`${root}tools/rabbitmq-root.sh`, version], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();

/** A private RabbitMQ node from the machine's own binaries, its data in `directory`. */
export const rabbitmq = (directory: string): Part => ({
  name: 'RabbitMQ',
  variable: 'RABBITMQ_URL',
  async start() {
    const binaries = findBinaries();
    if (!binaries) {
      throw new Error(
        'These tests need RabbitMQ, and there is none here. Do one of these:\n' +
          '  - name a broker: RABBITMQ_URL=amqp://user:password@host:5672 npm test …\n' +
          '  - install one: apt-get install rabbitmq-server, or brew install rabbitmq',
      );
    }
    const [port, distribution, epmd] = [await freePort(), await freePort(), await freePort()];
    const child = new Child('RabbitMQ', PROGRAM, {
      args: [binaries, directory, String(port), String(distribution), String(epmd)],
    });
    const timer = setTimeout(() => child.kill('SIGTERM'), START_TIMEOUT_MS);
    const { url, ctl } = await child.message<{ url: string; ctl: string }>();
    clearTimeout(timer);
    return { url, notes: ctl, pid: child.pid, stop: () => child.stop() };
  },
});
