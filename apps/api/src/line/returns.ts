const SECOND = 1_000;
/** Turns further ahead are not counted; a power of two. */
const SECONDS = 16_384;
/** Who has not been seen so long after the turn is gone. */
const LATE_SECONDS = 1;

/**
 * Counts tickets by the second of their first turn, and the tickets that were seen again. So it knows how many are
 * gone without a list of tickets. Another instance than the giver may see a ticket; therefore only the sum over all
 * instances is right.
 */
export class Returns {
  private readonly unseen = new Int32Array(SECONDS);
  private readonly given = new Int32Array(SECONDS);
  /** The first second that is still open. */
  private open: number;
  private dueCount = 0;
  private goneCount = 0;

  constructor(now: number) {
    this.open = Math.floor(now / SECOND) - LATE_SECONDS;
  }

  gave(turn: number, now: number): void {
    this.close(now);
    const second = Math.floor(turn / SECOND);
    if (!this.holds(second)) return;
    this.given[second % SECONDS]!++;
    this.unseen[second % SECONDS]!++;
  }

  /** A ticket with that first turn comes for the first time, to whatever end. */
  saw(turn: number, now: number): void {
    this.close(now);
    const second = Math.floor(turn / SECOND);
    if (this.holds(second)) this.unseen[second % SECONDS]!--;
    else if (second < this.open) this.goneCount--;
  }

  /** Tickets that this instance gave and whose first turn is over. */
  due(now: number): number {
    this.close(now);
    return this.dueCount;
  }

  /** Tickets not seen until their turn was over, those that were seen after all taken off. */
  gone(now: number): number {
    this.close(now);
    return this.goneCount;
  }

  private holds(second: number): boolean {
    return second >= this.open && second < this.open + SECONDS;
  }

  private close(now: number): void {
    const open = Math.floor(now / SECOND) - LATE_SECONDS;
    // Far away on either side the clock has been set, and what was counted says nothing.
    if (Math.abs(open - this.open) > SECONDS) this.open = open - SECONDS;
    for (; this.open < open; this.open++) {
      const index = this.open % SECONDS;
      this.dueCount += this.given[index]!;
      this.goneCount += this.unseen[index]!;
      this.given[index] = 0;
      this.unseen[index] = 0;
    }
  }
}
