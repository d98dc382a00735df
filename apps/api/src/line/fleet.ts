import type { Clock } from './clock.js';

/** What one instance tells the others, once a second. Counts begin with the instance. */
export interface LineRow {
  readonly instance: string;
  /** Milliseconds since 1970, by the database's clock. */
  readonly at: number;
  /** Numbers that it gave. */
  readonly issued: number;
  /** Numbers that it hashed; any instance may have given them. */
  readonly served: number;
  /** Numbers that it gave and whose first turn is over. */
  readonly due: number;
  /** Numbers that were not seen again by then, less those that came after all: right in the sum of all instances. */
  readonly gone: number;
  /** Sign-ups that it hashes in a second when enough wait. */
  readonly rate: number;
  /** The last number of the whole line, as far as it knows. */
  readonly tail: number;
}

/** An older row does not tell how fast its instance is, or that there is one. */
export const FRESH_MS = 5_000;
/** For how long an instance that ended is remembered for the numbers that it gave. */
const REMEMBERED_MS = 3_600_000;

export type Counts = Pick<LineRow, 'served' | 'due' | 'gone'>;

/** The other instances, by their rows; as of the last time that they were taken. */
export class Fleet {
  private readonly others = new Map<string, LineRow>();
  /** Numbers given by instances that are forgotten. */
  private forgotten = 0;
  private sum = { issued: 0, length: 0, rate: 0, fresh: 0 };

  constructor(
    private readonly clock: Clock,
    readonly instance: string,
  ) {}

  /** Instances heard of, those that ended included. */
  get size(): number {
    return this.others.size;
  }

  /** Sign-ups that the others hash in a second. */
  get rate(): number {
    return this.sum.rate;
  }

  /** Numbers given by others that were neither hashed nor are gone, by their own account. */
  get length(): number {
    return this.sum.length;
  }

  /**
   * Numbers that the others gave: each as many as this one since the rows were taken, for the balancer treats
   * all alike.
   */
  issued(ownSinceTaken: number): number {
    return this.sum.issued + this.sum.fresh * ownSinceTaken;
  }

  /**
   * Answers what came to the counts of the others since the rows before.
   * @param ownSince how many numbers this one gave since a time
   */
  take(rows: readonly LineRow[], ownSince: (time: number) => number): Counts {
    const more = { served: 0, due: 0, gone: 0 };
    const now = this.clock.now();
    for (const row of rows) {
      if (row.instance === this.instance || now - row.at >= REMEMBERED_MS) continue;
      const before = this.others.get(row.instance);
      this.others.set(row.instance, row);
      if (!before) continue;
      more.served += row.served - before.served;
      more.due += row.due - before.due;
      more.gone += row.gone - before.gone;
    }
    this.add(now, ownSince);
    return more;
  }

  private add(now: number, ownSince: (time: number) => number): void {
    const sum = { issued: 0, length: 0, rate: 0, fresh: 0 };
    for (const [instance, row] of this.others) {
      if (now - row.at >= REMEMBERED_MS) {
        this.others.delete(instance);
        this.forgotten += row.issued;
        continue;
      }
      sum.issued += row.issued;
      sum.length += row.issued - row.served - row.gone;
      if (now - row.at >= FRESH_MS) continue;
      sum.issued += ownSince(row.at);
      sum.rate += row.rate;
      sum.fresh++;
    }
    sum.issued += this.forgotten;
    this.sum = sum;
  }
}
