import { Problem } from '../../http/problem.js';

const RETRY_AFTER_SECONDS = 1;

/** More wants to be hashed than can be. */
export const overloaded = () =>
  new Problem('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS });

export interface HashQueueOptions {
  readonly concurrency: number;
  /** Jobs that wait at most. */
  readonly limit: number;
  /** How long a job waits at most. */
  readonly maxWaitMs: number;
}

/** A job that waits for a slot. */
interface Waiting {
  readonly since: number;
  begin(): void;
  refuse(): void;
}

/** How much the newest job counts in the mean time of a job. */
const NEWEST = 0.1;
/**
 * Once some are refused, a long line serves nobody: as many are served as with a short one, only later. For
 * so long after the line was full a job may wait for this share of the time.
 * https://queue.acm.org/detail.cfm?id=2839461 (controlled delay)
 */
const OVERLOAD = { ms: RETRY_AFTER_SECONDS * 1_000, shareOfWait: 0.15 };

/**
 * Runs at most `concurrency` jobs at once; the others wait in the order of arrival. Whoever would wait too
 * long, by the time that the last jobs took, is refused at once, and so is whoever did.
 */
export class HashQueue {
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private meanJobMs = 0;
  private overloadedUntil = 0;

  constructor(private readonly options: HashQueueOptions) {}

  /** Jobs that wait. */
  get depth(): number {
    return this.waiting.length;
  }

  /** Whether there is a place for one more. */
  admits(): boolean {
    const { concurrency, limit, maxWaitMs } = this.options;
    if (this.running < concurrency) return true;
    const expectedWaitMs = ((this.waiting.length + 1) * this.meanJobMs) / concurrency;
    if (this.waiting.length >= limit || expectedWaitMs > maxWaitMs) this.noteOverload();
    return this.waiting.length < limit && expectedWaitMs <= this.maxWaitNow;
  }

  /** @throws Problem `overloaded` when there is no place left to wait, or the wait was too long */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (!this.admits()) throw overloaded();
    if (this.running < this.options.concurrency) this.running++;
    else await this.turn();
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
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (performance.now() - next.since <= this.maxWaitNow) return next.begin();
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
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        this.noteOverload();
        waiting.refuse();
      }, this.options.maxWaitMs);
      this.waiting.push(waiting);
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
