/** Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** A clock that goes by the database's, so that all instances mean the same by a time. */
export class CorrectedClock implements Clock {
  private offsetMs = 0;

  constructor(private readonly own: Clock) {}

  now(): number {
    return this.own.now() + this.offsetMs;
  }

  /** What the database's clock said at some time between the two own ones: halfway, as far as is known. */
  correct(databaseMs: number, askedAtMs: number, answeredAtMs: number): void {
    this.offsetMs = databaseMs - (askedAtMs + answeredAtMs) / 2;
  }

  /** The own time, uncorrected: for the two times of `correct`. */
  ownNow(): number {
    return this.own.now();
  }
}
