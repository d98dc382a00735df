/** The time constant of the correction by hashed numbers, in milliseconds of hashing. */
const PULL_MS = 700;
/** One number corrects the front by this much time at most. */
const MOST_MS = 3_000;

/**
 * The number that the line has come to: those before it were hashed or did not come. It moves on by the
 * time, as fast as numbers should be used up, and every number that is hashed on time corrects it: so it
 * passes those who do not come, and waits for those who do.
 */
export class Front {
  private position = 0;
  private movedAt: number;

  constructor(now: number) {
    this.movedAt = now;
  }

  get number(): number {
    return this.position;
  }

  set(number: number, now: number): void {
    this.position = number;
    this.movedAt = now;
  }

  /** @param perSecond numbers that are used up in a second; @param last the last number that was given */
  advance(now: number, perSecond: number, last: number): void {
    const elapsed = Math.max(0, now - this.movedAt);
    this.position = Math.min(last, this.position + (perSecond * elapsed) / 1_000);
    this.movedAt = now;
  }

  /** A number is hashed. @param hashesPerSecond those that this instance sees */
  correct(number: number, perSecond: number, hashesPerSecond: number): void {
    const most = (perSecond * MOST_MS) / 1_000;
    const distance = Math.min(most, Math.max(-most, number - this.position));
    this.position += distance * Math.min(1, 1_000 / (hashesPerSecond * PULL_MS));
  }
}
