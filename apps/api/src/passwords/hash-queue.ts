import { Problem } from '../http/problem.js';

const RETRY_AFTER_SECONDS = 1;

/** More wants to be hashed than can be. */
export const overloaded = () =>
  new Problem('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS });

/**
 * Runs at most `concurrency` jobs at once; at most `limit` more wait, in the order of arrival, and none of
 * them longer than `maxWaitMs`: whoever waits that long has gone away.
 */
export class HashQueue {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(
    private readonly concurrency: number,
    private readonly limit: number,
    private readonly maxWaitMs: number,
  ) {}

  /** Jobs that wait. */
  get depth(): number {
    return this.waiting.length;
  }

  /** Whether one more would be refused. */
  get isFull(): boolean {
    return this.running >= this.concurrency && this.waiting.length >= this.limit;
  }

  /** @throws Problem `overloaded` when there is no place left to wait, or the wait was too long */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.isFull) throw overloaded();
    if (this.running < this.concurrency) this.running++;
    else await this.turn();
    try {
      return await job();
    } finally {
      // The next in line inherits the slot, so nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        reject(overloaded());
      }, this.maxWaitMs);
      this.waiting.push(begin);
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
