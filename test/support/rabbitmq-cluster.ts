import { exec, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../../tools/embedded-stack/src/child.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { rabbitmqPassword } from '../../tools/embedded-stack/src/kept-password.js';
import { findBinaries } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { built } from '../../tools/embedded-stack/src/paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/rabbitmq.main.js');
const FIRST = 'usher1@localhost';
const OTHERS = ['usher2@localhost', 'usher3@localhost'];

interface Node {
  readonly name: string;
  readonly url: string;
  readonly directory: string;
  readonly args: readonly string[];
  child: Child;
  /** The start of a command line that asks this node. */
  ctl: string;
}

/** Three private nodes that form a cluster, with a port mapper of their own. */
export class RabbitmqCluster {
  private readonly nodes: Node[] = [];

  private constructor(private readonly portMapper: ChildProcess) {}

  /**
   * @param directory where everything of the nodes is kept
   * @param partitions what nodes in a minority do: https://www.rabbitmq.com/docs/partitions#automatic-handling
   * @throws Error when there is no rabbitmq-server here
   */
  static async start(
    directory: string,
    partitions: 'pause_minority' | 'ignore' = 'pause_minority',
  ): Promise<RabbitmqCluster> {
    const binaries = findBinaries();
    if (!binaries) throw new Error('there is no rabbitmq-server here');
    const epmdPort = await freePort();
    // It ends when its standard input does, and so with whoever started it, however that ends.
    const script = `epmd -address 127.0.0.1 -port ${epmdPort} -relaxed_command_check & read -r _; kill $!`;
    const env = { ...process.env, PATH: `${binaries}:${process.env['PATH']}` };
    const cluster = new RabbitmqCluster(
      spawn('sh', ['-c', script], { env, stdio: ['pipe', 'ignore', 'ignore'] }),
    );
    const begin = async (name: string, members: readonly string[]) => {
      const port = await freePort();
      const folder = join(directory, name);
      const home = join(directory, 'home');
      const shared = [home, members.join(), partitions];
      const args = [binaries, folder, port, await freePort(), epmdPort, name, ...shared];
      const node = { name, directory: folder, args: args.map(String), url: addressAt(port, home) };
      const child = new Child(name, PROGRAM, { args: node.args });
      const { ctl } = await child.message<{ ctl: string }>();
      cluster.nodes.push({ ...node, child, ctl });
    };
    // The first forms the cluster alone and the others join it. A node of 4.x that had the whole list would wait
    // for all of them; nodes of 3.10 that had it and started together could form two clusters.
    await begin(FIRST, [FIRST]);
    await Promise.all(OTHERS.map((name) => begin(name, [FIRST, name])));
    return cluster;
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  get names(): string[] {
    return this.nodes.map(({ name }) => name);
  }

  /** The node that leads a quorum queue. */
  async leaderOf(queue: string): Promise<string> {
    const rows = await this.ask<{ name: string; leader: string }>('list_queues name leader');
    return rows.find(({ name }) => name === queue)!.leader;
  }

  /** On how many nodes a quorum queue is kept and reachable. */
  async membersOnline(queue: string): Promise<number> {
    const rows = await this.ask<{ name: string; online: string[] }>('list_queues name online');
    return rows.find(({ name }) => name === queue)!.online.length;
  }

  /** SIGKILL to a node. */
  async kill(name: string): Promise<void> {
    const { child, directory } = this.nodeNamed(name);
    const exited = new Promise((resolve) => child.onExit(resolve));
    process.kill(Number(await readFile(join(directory, 'pid'), 'utf8')), 'SIGKILL');
    await exited;
  }

  /** Starts a node that was killed, with its data. */
  async restart(name: string): Promise<void> {
    const node = this.nodeNamed(name);
    await rm(join(node.directory, 'pid'), { force: true });
    node.child = new Child(name, PROGRAM, { args: node.args });
    await node.child.message();
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(({ child }) => child.stop()));
    const ended = once(this.portMapper, 'exit');
    this.portMapper.stdin!.end();
    await ended;
  }

  private nodeNamed(name: string): Node {
    return this.nodes.find((node) => node.name === name)!;
  }

  private async ask<Row>(command: string): Promise<Row[]> {
    const { ctl } = this.nodes.find(({ child }) => !child.hasExited)!;
    const { stdout } = await promisify(exec)(`${ctl} --quiet --formatter json ${command}`);
    return JSON.parse(stdout) as Row[];
  }
}

const addressAt = (port: number, home: string) =>
  `amqp://usher:${rabbitmqPassword(home)}@127.0.0.1:${port}`;
