import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../tools/embedded-stack/src/child.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import {
  postgresPassword,
  rabbitmqPassword,
} from '../../tools/embedded-stack/src/kept-password.js';
import { findBinaries } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { built } from '../../tools/embedded-stack/src/paths.js';

const START_TIMEOUT_MS = 90_000;
const RETRY_START_MS = 500;
/** After a kill: for the ports to be free and the server's own children to be gone. */
const AFTERMATH_MS = 300;

/** A server of this run alone, which can be killed and started again with its data and on its port. */
export class RestartableServer {
  private child: Child | undefined;

  /** @param pidFile where the server itself, not the program that looks after it, writes its process id */
  constructor(
    readonly name: string,
    readonly url: string,
    private readonly program: string,
    private readonly args: readonly string[],
    private readonly pidFile: string,
    private readonly dataFolder: string,
  ) {}

  async start(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      this.child = new Child(this.name, built(`tools/embedded-stack/src/parts/${this.program}`), {
        args: this.args,
      });
      try {
        await this.child.message();
        return;
      } catch (error) {
        // What a killed server leaves behind may be in the way for a moment.
        if (Date.now() > deadline) throw error;
        await sleep(RETRY_START_MS);
      }
    }
  }

  /** As if the machine had lost its power: SIGKILL to the server, whatever it is doing. */
  async kill(): Promise<void> {
    const pid = Number((await readFile(this.pidFile, 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await sleep(AFTERMATH_MS);
    // Asked to stop its dead server in order, it would wait forever.
    await this.child?.stop(AFTERMATH_MS);
    await rm(this.pidFile, { force: true });
    await sleep(AFTERMATH_MS);
  }

  /** Forgets all that it holds, as a server that got a new disk; it must not run. */
  async wipe(): Promise<void> {
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    await this.child?.stop();
  }
}

export async function preparePostgres(directory: string): Promise<RestartableServer> {
  const port = await freePort();
  return new RestartableServer(
    'PostgreSQL',
    `postgres://usher:${postgresPassword(directory)}@127.0.0.1:${port}/usher`,
    'postgres.main.js',
    [directory, String(port)],
    join(directory, 'postmaster.pid'),
    directory,
  );
}

/** @throws Error when there is no RabbitMQ on this machine */
export async function prepareRabbitmq(directory: string): Promise<RestartableServer> {
  const binaries = findBinaries();
  if (!binaries)
    throw new Error('there is no rabbitmq-server here: apt-get install rabbitmq-server');
  const ports = [await freePort(), await freePort(), await freePort()].map(String);
  return new RestartableServer(
    'RabbitMQ',
    `amqp://usher:${rabbitmqPassword(join(directory, 'home'))}@127.0.0.1:${ports[0]}`,
    'rabbitmq.main.js',
    [binaries, directory, ...ports],
    join(directory, 'pid'),
    join(directory, 'mnesia'),
  );
}
