/** What is assumed of a line that nobody has come back from yet. */
const FIRST_GUESS = 0.9;
/** How long what was seen counts. */
const MEMORY_MS = 10_000;
/** How much time the first guess counts for. */
const GUESS_MS = 1_000;
const LEAST = 0.02;
/** Below it the tickets are bots'. */
const FEW = 0.3;

/** How many of those whose turn came were seen again. */
export class ReturnedRatio {
  private due = 0;
  private gone = 0;

  /** A new line, of which nothing is known. */
  restart(callsPerSecond: number): void {
    this.due = (Math.max(1, callsPerSecond) * GUESS_MS) / 1_000;
    this.gone = this.due * (1 - FIRST_GUESS);
  }

  /** Adds tickets whose turn has come, and those of them that were not seen, since the last call. */
  add(due: number, gone: number, elapsedMs: number): void {
    // The clock may be set back between two calls.
    const kept = Math.exp(-Math.max(0, elapsedMs) / MEMORY_MS);
    this.due = this.due * kept + due;
    this.gone = this.gone * kept + gone;
  }

  get value(): number {
    if (this.due <= 0) return FIRST_GUESS;
    return Math.min(1, Math.max(LEAST, 1 - this.gone / this.due));
  }

  /** Whether a ticket should cost more than a request. */
  get isLow(): boolean {
    return this.value < FEW;
  }
}
