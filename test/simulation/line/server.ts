import type { Rate } from '#libs/service-defaults';
import { HashOrder } from '../../../apps/api/src/accounts/passwords/hash-order.js';
import type { Pass, Place, Request } from '../../../apps/api/src/line/answer.js';
import { Line } from '../../../apps/api/src/line/line.js';
import type { LineRow } from '../../../apps/api/src/line/fleet.js';
import type { Events } from './events.js';

export interface ServerOptions {
  readonly events: Events;
  readonly random: () => number;
  readonly name: string;
  readonly hashesPerSecond: number;
  readonly lineLimitMs: number;
  readonly doorLimit: number;
  readonly concurrency: number;
  readonly signUpRate: Rate | 'off';
  /** What the line thinks of the rate at first. */
  readonly guessPerSecond: number;
}

export type Reply =
  | { readonly kind: 'done'; readonly begunAt: number }
  | { readonly kind: 'wait'; readonly place: Place }
  | { readonly kind: 'full'; readonly retryAfterSeconds: number }
  /** The connection broke. */
  | { readonly kind: 'lost' };

interface Job {
  readonly pass: Pass | undefined;
  readonly reply: (reply: Reply) => void;
}

/** How much one hash takes longer or shorter than another. */
const UNEVEN = 0.2;
const KEY = Buffer.alloc(32, 'a key of all instances');

/** One instance of the API, as far as it hashes. */
export class Server {
  readonly line: Line;
  isUp = true;
  private readonly order = new HashOrder<Job>(0.25);
  private running = 0;
  private readonly open = new Set<Job>();

  constructor(private readonly options: ServerOptions) {
    const { events: clock, random, name: instance, lineLimitMs: limitMs } = options;
    const { signUpRate, guessPerSecond } = options;
    const { order } = this;
    this.line = new Line(
      { clock, instance, key: KEY, limitMs, signUpRate, mayCost: false, guessPerSecond, random },
      {
        admitsSignUp: (arrival, letIn) =>
          order.admits(arrival, letIn, this.placesAtDoor + options.concurrency - this.running),
        places: this.placesAtDoor,
        mostPerSecond: options.hashesPerSecond,
      },
    );
  }

  signUp(request: Request, reply: (reply: Reply) => void): void {
    const answer = this.line.ask(request);
    if (answer.kind === 'let-in') this.enter({ pass: answer.pass, reply });
    else if (answer.kind === 'wait' || answer.kind === 'full') reply(answer);
  }

  logIn(reply: (reply: Reply) => void): void {
    this.enter({ pass: undefined, reply });
  }

  look(ticket: string): Place | undefined {
    return this.line.look(ticket);
  }

  beat(rows: readonly LineRow[]): LineRow {
    return this.line.beat(rows);
  }

  /** Ends the instance: all open requests lose their connection. */
  die(): void {
    this.isUp = false;
    for (const { reply } of this.open) reply({ kind: 'lost' });
    this.open.clear();
  }

  private get placesAtDoor(): number {
    const { doorLimit, hashesPerSecond } = this.options;
    return Math.min(doorLimit, Math.max(1, Math.floor(hashesPerSecond)));
  }

  private enter(job: Job): void {
    this.open.add(job);
    if (this.running < this.options.concurrency) return this.begin(job);
    if (!job.pass) return this.order.add(job);
    this.line.came(job.pass);
    const displaced = this.order.addSignUp(job, job.pass.arrival, this.placesAtDoor);
    if (!displaced) return;
    this.open.delete(displaced);
    const answer = this.line.displaced(displaced.pass!);
    if (answer.kind === 'wait' || answer.kind === 'full') displaced.reply(answer);
  }

  private begin(job: Job): void {
    const { events, random, hashesPerSecond, concurrency } = this.options;
    this.running++;
    const begunAt = events.now();
    if (job.pass) this.line.began(job.pass, this.order.signUps > 0);
    const meanMs = (concurrency * 1_000) / hashesPerSecond;
    events.after(meanMs * (1 - UNEVEN + 2 * UNEVEN * random()), () => {
      if (!this.isUp) return;
      this.running--;
      if (this.open.delete(job)) job.reply({ kind: 'done', begunAt });
      const next = this.order.next();
      if (next) this.begin(next);
    });
  }
}
