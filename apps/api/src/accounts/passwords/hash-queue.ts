import { Problem } from '../../http/problem.js';
import { HashOrder } from './hash-order.js';

const RETRY_AFTER_SECONDS = 1;

/** More wants to be hashed than can be. */
export const overloaded = () =>
  new Problem('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS });

export interface HashQueueOptions {
  readonly concurrency: number;
  /** Jobs that wait at most; of sign-ups that come from the line, and of all others. */
  readonly limit: number;
  /** How long a job waits at most that did not come from the line. */
  readonly maxWaitMs: number;
  /** What all others have of the hashes while the line has the rest; what they do not use is the line's. */
  readonly shareOfOthers?: number;
}

/** A job that waits for a slot. */
interface Waiting {
  /** Undefined for one that came from the line: it waits for as long as it takes. */
  readonly since: number | undefined;
  begin(): void;
  refuse(): void;
}

const SHARE_OF_OTHERS = 0.25;
/** How much the newest job counts in the mean time of a job. */
const NEWEST = 0.1;
/** Sign-ups that come from the line wait here for so long at most. */
const DOOR_MS = 1_000;
/**
 * Once some are refused, a long line serves nobody: as many are served as with a short one, only later. For
 * so long after the line was full a job may wait for this share of the time.
 * https://queue.acm.org/detail.cfm?id=2839461 (controlled delay)
 */
const OVERLOAD = { ms: RETRY_AFTER_SECONDS * 1_000, shareOfWait: 0.15 };

/**
 * Runs at most `concurrency` jobs at once; the others wait. Sign-ups of the line run in the order of their arrival;
 * an older one displaces the newest. All other jobs run in the order in which they come. The queue refuses such a job
 * at once if it would wait too long, judged by the last jobs, and also when it has waited too long.
 */
export class HashQueue {
  private readonly waiting: HashOrder<Waiting>;
  private running = 0;
  private meanJobMs = 0;
  private overloadedUntil = 0;

  constructor(private readonly options: HashQueueOptions) {
    this.waiting = new HashOrder(options.shareOfOthers ?? SHARE_OF_OTHERS);
  }

  /** Jobs that wait. */
  get depth(): number {
    return this.waiting.signUps + this.waiting.rest;
  }

  /** Whether a sign-up of the line waits. */
  get signUpsWait(): boolean {
    return this.waiting.signUps > 0;
  }

  /** Jobs in a second if every slot always has one, by the time that the last ones took; infinite before the first. */
  get mostPerSecond(): number {
    return (this.options.concurrency / this.meanJobMs) * 1_000;
  }

  /** Places for sign-ups of the line: as many as are hashed in a second. */
  get places(): number {
    const { concurrency, limit } = this.options;
    if (this.meanJobMs === 0) return limit;
    return Math.min(limit, Math.max(1, Math.floor((concurrency * DOOR_MS) / this.meanJobMs)));
  }

  /** Whether there is a place for one more that does not come from the line. */
  admits(): boolean {
    const { concurrency, limit, maxWaitMs } = this.options;
    if (this.running < concurrency) return true;
    const share = this.signUpsWait ? (this.options.shareOfOthers ?? SHARE_OF_OTHERS) : 1;
    const expectedWaitMs = ((this.waiting.rest + 1) * this.meanJobMs) / concurrency / share;
    if (this.waiting.rest >= limit || expectedWaitMs > maxWaitMs) this.noteOverload();
    return this.waiting.rest < limit && expectedWaitMs <= this.maxWaitNow;
  }

  /**
   * Whether there is a place for a sign-up of the line, or an older one's right to one. `letIn` is how many
   * were let in and have not begun: on their way here, or here.
   */
  admitsSignUp(arrival: number, letIn: number): boolean {
    const free = Math.max(0, this.options.concurrency - this.running);
    return this.waiting.admits(arrival, letIn, this.places + free);
  }

  /**
   * @param arrival when a sign-up arrived that comes from the line
   * @throws Problem `overloaded` when there is no place left to wait, or the wait was too long
   */
  async run<T>(job: () => Promise<T>, arrival?: number): Promise<T> {
    if (arrival === undefined && !this.admits()) throw overloaded();
    if (this.running < this.options.concurrency) this.running++;
    else await (arrival === undefined ? this.turn() : this.turnBy(arrival));
    const startedAt = performance.now();
    try {
      return await job();
    } finally {
      this.meanJobMs += (performance.now() - startedAt - this.meanJobMs) * NEWEST;
      this.passOn();
    }
  }

  /** Not for what the short line refuses, or it would never end under clients that come again at once. */
  private noteOverload(): void {
    this.overloadedUntil = performance.now() + OVERLOAD.ms;
  }

  private get maxWaitNow(): number {
    const share = performance.now() < this.overloadedUntil ? OVERLOAD.shareOfWait : 1;
    return this.options.maxWaitMs * share;
  }

  /** The next in line inherits the slot, so nobody can slip in between. */
  private passOn(): void {
    for (let next = this.waiting.next(); next; next = this.waiting.next()) {
      const waitedMs = next.since === undefined ? 0 : performance.now() - next.since;
      if (waitedMs <= this.maxWaitNow) return next.begin();
      next.refuse();
    }
    this.running--;
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => () => {
        clearTimeout(timer);
        end();
      };
      const waiting: Waiting = {
        since: performance.now(),
        begin: settle(resolve),
        refuse: settle(() => reject(overloaded())),
      };
      const timer = setTimeout(() => {
        this.waiting.remove(waiting);
        this.noteOverload();
        waiting.refuse();
      }, this.options.maxWaitMs);
      this.waiting.add(waiting);
    });
  }

  private turnBy(arrival: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { since: undefined, begin: resolve, refuse: () => reject(overloaded()) };
      this.waiting.addSignUp(waiting, arrival, this.places)?.refuse();
    });
  }
}

const MAX_WAITING_PER_ADDRESS = 1_000;

/**
 * Serves requests for one address one after the other, so that together they hold one place in the hash
 * queue, and a hundred sign-ups of one address push nobody out.
 */
export class AddressTurns {
  private readonly lines = new Map<string, (() => void)[]>();

  /** @throws Problem `overloaded` when too many wait for the same address */
  async run<T>(address: string, job: () => Promise<T>): Promise<T> {
    const line = this.lines.get(address);
    if (!line) this.lines.set(address, []);
    else if (line.length >= MAX_WAITING_PER_ADDRESS) throw overloaded();
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.lines.get(address)?.shift();
      if (next) next();
      else this.lines.delete(address);
    }
  }
}
