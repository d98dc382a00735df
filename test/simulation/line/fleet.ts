import type { LineRow } from '../../../apps/api/src/line/fleet.js';
import type { Events } from './events.js';
import type { Scenario } from './scenario.js';
import { Server } from './server.js';

const BEAT_MS = 1_000;
const RESTART_MS = 3_000;

/** The instances behind the balancer, the table that they share, and what they can do in a time. */
export class SimulatedFleet {
  private readonly servers: (Server | undefined)[];
  private readonly rows = new Map<string, LineRow>();
  private starts = 0;
  private turn = 0;
  /** Until when the fleet could hash so many a second. */
  private readonly changes: { readonly at: number; readonly perSecond: number }[] = [];

  constructor(
    private readonly scenario: Scenario,
    private readonly events: Events,
    private readonly random: () => number,
    private readonly crowdAt: number,
  ) {
    const { instances, event } = scenario;
    const last = instances.length - 1;
    this.servers = instances.map((_, index) =>
      event?.what === 'joins' && index === last ? undefined : this.start(index),
    );
    this.noteChange(crowdAt);
    if (event)
      events.after(crowdAt - events.now() + event.atMs, () => this.happen(event.what, last));
  }

  /** The instance that a request reaches, if any is up. A person bound to an instance that is down gets another. */
  reach(person: number): Server | undefined {
    const up = this.servers.filter((server) => server?.isUp) as Server[];
    const { balancing } = this.scenario;
    if (balancing === 'random') return up[Math.floor(this.random() * up.length)];
    if (balancing === 'round robin') return up[this.turn++ % up.length];
    const own = this.servers[person % this.servers.length];
    return own?.isUp ? own : up[person % up.length];
  }

  /** How long so many hashes take at least, from when the crowd comes. */
  idealMs(hashes: number): number {
    let left = hashes;
    for (const [index, { at, perSecond }] of this.changes.entries()) {
      const until = this.changes[index + 1]?.at ?? Infinity;
      const capacity = ((until - at) / 1_000) * perSecond;
      if (capacity >= left) return at - this.crowdAt + (left / perSecond) * 1_000;
      left -= capacity;
    }
    return Infinity;
  }

  private happen(what: 'joins' | 'restarts' | 'dies', index: number): void {
    if (what !== 'joins') this.servers[index]!.die();
    this.noteChange();
    if (what === 'dies') return;
    this.events.after(what === 'joins' ? 0 : RESTART_MS, () => {
      this.servers[index] = this.start(index);
      this.noteChange();
    });
  }

  private start(index: number): Server {
    const { events, random, scenario } = this;
    const hashesPerSecond = this.rateOf(index);
    const server = new Server({
      events,
      random,
      name: `instance ${this.starts++}`,
      hashesPerSecond,
      lineLimitMs: scenario.lineLimitMs,
      doorLimit: scenario.doorLimit,
      concurrency: scenario.concurrency,
      signUpRate: scenario.signUpRate,
      guessPerSecond: hashesPerSecond * scenario.guess,
    });
    this.beat(server);
    return server;
  }

  private beat(server: Server): void {
    if (!server.isUp) return;
    const row = server.beat(this.scenario.hasDatabase ? [...this.rows.values()] : []);
    this.rows.set(row.instance, row);
    this.events.after(BEAT_MS * (0.75 + this.random() / 2), () => this.beat(server));
  }

  private rateOf(index: number): number {
    const { instances, hashesPerSecond } = this.scenario;
    const sum = instances.reduce((total, each) => total + each, 0);
    return (hashesPerSecond * instances[index]!) / sum;
  }

  private noteChange(at = this.events.now()): void {
    const perSecond = this.servers.reduce(
      (sum, server, index) => sum + (server?.isUp ? this.rateOf(index) : 0),
      0,
    );
    this.changes.push({ at, perSecond });
  }
}
