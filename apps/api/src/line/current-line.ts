/** The line is over so long after its last number was passed, or its last turn came, whichever is sooner. */
const PASSED_MS = 3_000;
const LATE_MS = 1_000;

/** The line that there is, from its first number to its last; when it is over, the next begins another. */
export class CurrentLine {
  private after = 0;
  private hashed = 0;
  private lastTurn = 0;
  private passedAt: number | undefined;

  /** Begins after a number. */
  begin(after: number): void {
    this.after = after;
    this.hashed = 0;
    this.lastTurn = 0;
  }

  gave(turn: number): void {
    this.passedAt = undefined;
    this.lastTurn = Math.max(this.lastTurn, turn);
  }

  hash(number: number): void {
    if (number > this.after) this.hashed++;
  }

  othersHashed(count: number): void {
    this.hashed += count;
  }

  /** The front has come to a number; the last one that was given is `last`. */
  moved(front: number, last: number, now: number): void {
    if (front < last) this.passedAt = undefined;
    else this.passedAt ??= now;
  }

  isOver(last: number, now: number): boolean {
    if (this.hashed >= last - this.after) return true;
    if (this.passedAt === undefined) return false;
    return now >= Math.min(this.lastTurn + LATE_MS, this.passedAt + PASSED_MS);
  }
}
