import type { Clock } from './clock.js';
import type { Counts, Fleet, LineRow } from './fleet.js';
import { Pace } from './pace.js';

/** Gives the numbers of the line, which go on over all instances. */
export class Numbers {
  private readonly pace = new Pace();
  private count = 0;
  private countWhenTaken = 0;
  /** How far the real numbers are ahead of those that this instance has counted. */
  private offset = 0;

  constructor(
    private readonly clock: Clock,
    private readonly fleet: Fleet,
  ) {}

  /** How many this instance gave. */
  get given(): number {
    return this.count;
  }

  /** The last one that was given, as far as this instance can know. */
  get last(): number {
    return this.offset + this.count + this.fleet.issued(this.count - this.countWhenTaken);
  }

  next(): number {
    this.count++;
    this.pace.note(this.clock.now());
    return this.last;
  }

  /** Hears from the others. */
  take(rows: readonly LineRow[]): Counts {
    const now = this.clock.now();
    const counts = this.fleet.take(rows, (time) => this.pace.since(time, now));
    this.countWhenTaken = this.count;
    return counts;
  }

  /** Goes on after the last number of a line whose other instances were not known until now. */
  beginAfter(number: number): void {
    this.offset = 0;
    this.skipTo(number);
  }

  /** Goes on after a number that is ahead. */
  skipTo(number: number): void {
    this.offset += Math.max(0, number - this.last);
  }
}
