import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../tools/embedded-stack/src/child.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { findBinaries } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { built } from '../../tools/embedded-stack/src/paths.js';
import { eventually } from '../support/eventually.js';

const PROGRAM = built('tools/embedded-stack/src/parts/rabbitmq.main.js');

const binaries = findBinaries();
if (!binaries) console.warn('skipped: there is no rabbitmq-server on this machine');

(binaries ? describe : describe.skip)('a private RabbitMQ whose port is taken', () => {
  let directory: string;
  let other: Server;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'usher-taken-'));
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    other.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('ends, and so does everything that it has started', async () => {
    const { port } = other.address() as AddressInfo;
    const ports = [port, await freePort(), await freePort()].map(String);
    const child = new Child('RabbitMQ', PROGRAM, { args: [binaries!, directory, ...ports] });
    await expect(child.message()).rejects.toThrow('RabbitMQ ended');
    await eventually(() => processesOf(child.pid) === 0);
  });
});

/** How many live processes are in this process group; zombies are none. */
function processesOf(group: number): number {
  return execFileSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => new RegExp(`^\\s*${group}\\s+[^Z]`).test(line)).length;
}
