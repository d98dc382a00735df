import type { Clock } from './clock.js';

/** How long a measurement counts. */
const MEMORY_MS = 10_000;
/** How long the first guess counts. */
const GUESS_MS = 100;
/** At this many tickets for each hash, half of the time counts as calm. */
const TICKETS = 5;
/**
 * Weight of the newest hash in the mean of tickets for each hash. Without a mean, short intervals would count too
 * much.
 */
const NEWEST = 0.05;

/** Factor for each called person behind whom nobody waits. */
const MORE = 1.005;
/** Factor for each person behind whom somebody waits. */
const LESS = 0.95;
/** The highest factor. */
const MOST = 4;

/**
 * Measures how many sign-ups are hashed in a second. It measures only while somebody waits for a hash; otherwise a
 * line that calls too few people would measure a low rate and call even fewer. While nobody waits behind the people
 * who are called, the rate rises. The time in which a crowd takes its tickets counts little, unless more is hashed in
 * it.
 */
export class ServiceRate {
  private readonly lately: Mean;
  private readonly calm: Mean;
  private busySince: number | undefined;
  private tickets = 0;
  private ticketsEach = 0;
  private boost = 1;
  private isMeasured = false;
  private mostPerSecond = Infinity;

  constructor(
    private readonly clock: Clock,
    guessPerSecond: number,
  ) {
    this.lately = new Mean(guessPerSecond, GUESS_MS);
    this.calm = new Mean(guessPerSecond, GUESS_MS);
  }

  get perSecond(): number {
    const measured = Math.max(this.lately.perSecond, this.calm.perSecond);
    // What the door can hash falls while a crowd comes; what was measured counts more, and a guess counts less.
    const most = this.isMeasured ? Math.max(measured, this.mostPerSecond) : this.mostPerSecond;
    return Math.min(measured * this.boost, most);
  }

  /** A ticket was given. */
  gave(): void {
    this.tickets++;
  }

  /** A hash begins; `othersWait` for the next one. `isCalled`: of somebody who waited in the line for it. */
  began(othersWait: boolean, isCalled: boolean, mostPerSecond: number): void {
    const now = this.clock.now();
    this.mostPerSecond = mostPerSecond;
    this.ticketsEach += (this.tickets - this.ticketsEach) * NEWEST;
    if (this.busySince !== undefined) {
      const elapsed = Math.max(0, now - this.busySince);
      this.isMeasured = true;
      this.lately.add(elapsed, 1);
      this.calm.add(elapsed, TICKETS / (TICKETS + this.ticketsEach));
    }
    this.tickets = 0;
    if (othersWait) this.boost = Math.max(1, this.boost * LESS);
    else if (isCalled) this.boost = Math.min(MOST, this.boost * MORE);
    this.busySince = othersWait ? now : undefined;
  }
}

/** A mean over the last seconds, of which the newest count most. */
class Mean {
  private count: number;

  constructor(
    guessPerSecond: number,
    private ms: number,
  ) {
    this.count = (guessPerSecond * ms) / 1_000;
  }

  get perSecond(): number {
    return (this.count / this.ms) * 1_000;
  }

  /** One in so many milliseconds, that count by their weight. */
  add(elapsedMs: number, weight: number): void {
    const kept = Math.exp((-elapsedMs * weight) / MEMORY_MS);
    this.count = this.count * kept + weight;
    this.ms = this.ms * kept + elapsedMs * weight;
  }
}
