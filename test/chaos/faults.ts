import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { connect } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import type { FaultProxy } from '../support/fault-proxy.js';
import type { Fleet, Instance } from './fleet.js';
import type { MailSink } from './mail-sink.js';
import { SeededRandom } from '../support/seeded-random.js';
import type { RestartableServer } from './servers.js';

export interface Targets {
  readonly fleet: Fleet;
  readonly postgres: RestartableServer;
  readonly rabbitmq: RestartableServer;
  readonly toPostgres: FaultProxy;
  readonly toRabbitmq: FaultProxy;
  readonly mailSink: MailSink;
}

type Fault = (random: SeededRandom) => Promise<void>;

const PAUSE_MS = [300, 2_000] as const;
const DOWN_MS = [200, 2_500] as const;
const QUEUE_FILLS_MS = 2_000;
const UNUSED_MS = 10_000;

/**
 * Breaks things in a random order, in two lines at once: processes and connections in the one, servers in
 * the other, so that faults overlap. Each fault happens at least once. The seed repeats the order and the
 * pauses of each line; what a fault meets depends on the machine.
 */
export class Faults {
  readonly done: Record<string, number> = {};

  constructor(
    private readonly targets: Targets,
    private readonly seed: number,
    private readonly retryDelaysMs: readonly number[],
    private readonly say: (text: string) => void,
  ) {}

  /** Until `isOver`, and each fault has happened; everything runs again when it resolves. */
  async run(isOver: () => boolean): Promise<void> {
    const { postgres, rabbitmq, toPostgres, toRabbitmq } = this.targets;
    const [apis, workers] = [this.instances('api'), this.instances('worker')];
    const killApi: Fault = (random) => this.killApp('api killed', apis, random);
    const killWorker: Fault = (random) => this.killApp('worker killed', workers, random);
    const cutPostgres = () => this.cut('database cut', toPostgres);
    const cutRabbitmq = () => this.cut('broker cut', toRabbitmq);
    const kills = [killApi, killApi, killWorker, killWorker, killWorker];
    const processes = [...kills, cutPostgres, cutRabbitmq];
    const servers: Fault[] = [
      (random) => this.killServer('database killed', postgres, random),
      (random) => this.killServer('broker killed', rabbitmq, random),
      (random) => this.stopMailSink(random),
      () => this.loseMessages(),
    ];
    await Promise.all([
      this.repeat(processes, new SeededRandom(this.seed), isOver),
      this.repeat(servers, new SeededRandom(~this.seed), isOver),
    ]);
    await this.targets.fleet.ready();
  }

  private async repeat(
    faults: readonly Fault[],
    random: SeededRandom,
    isOver: () => boolean,
  ): Promise<void> {
    do {
      for (const fault of random.shuffled(faults)) {
        await sleep(random.between(...PAUSE_MS));
        await fault(random);
      }
    } while (!isOver());
  }

  private instances(kind: 'api' | 'worker'): Instance[] {
    return this.targets.fleet.instances.filter(({ app }) => app.endsWith(kind));
  }

  private async killApp(
    fault: string,
    instances: readonly Instance[],
    random: SeededRandom,
  ): Promise<void> {
    const instance = random.pick(instances);
    const downMs = random.between(...DOWN_MS);
    this.report(fault, `${instance.id}, SIGKILL; starts again after ${seconds(downMs)}`);
    await this.targets.fleet.kill(instance);
    await sleep(downMs);
    await this.targets.fleet.start(instance);
  }

  private async cut(fault: string, proxy: FaultProxy): Promise<void> {
    // The server may be away just now, and its clients about to come back.
    const isUsed = () => proxy.connections >= this.targets.fleet.instances.length;
    await eventually(isUsed, UNUSED_MS).catch(() => undefined);
    this.report(fault, `${proxy.connections} connections reset`);
    await proxy.reset();
  }

  private async killServer(
    fault: string,
    server: RestartableServer,
    random: SeededRandom,
  ): Promise<void> {
    const downMs = random.between(...DOWN_MS);
    this.report(fault, `${server.name}, SIGKILL; starts again after ${seconds(downMs)}`);
    const startedAt = Date.now();
    await server.kill();
    await sleep(downMs);
    await server.start();
    this.say(`${server.name} is back after ${seconds(Date.now() - startedAt)}`);
  }

  /** As a broker that lost its disk: what waits in any queue is gone. While mail cannot be sent, some waits. */
  private async loseMessages(): Promise<void> {
    const { mailSink, rabbitmq } = this.targets;
    await mailSink.stop();
    await sleep(QUEUE_FILLS_MS);
    const connection = await connect(rabbitmq.url);
    const channel = await connection.createChannel();
    let lost = 0;
    for (const { name } of planTopology(usherMessaging, this.retryDelaysMs).queues) {
      // The refusals among the dead letters are for the auditor.
      if (!name.endsWith('.dlq')) lost += (await channel.purgeQueue(name)).messageCount;
    }
    await connection.close();
    await mailSink.start();
    this.report('queues purged', `${lost} messages are gone`);
  }

  private async stopMailSink(random: SeededRandom): Promise<void> {
    const downMs = random.between(...DOWN_MS);
    this.report('mail server away', `for ${seconds(downMs)}`);
    await this.targets.mailSink.stop();
    await sleep(downMs);
    await this.targets.mailSink.start();
  }

  private report(fault: string, detail: string): void {
    this.done[fault] = (this.done[fault] ?? 0) + 1;
    this.say(`${fault}: ${detail}`);
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
