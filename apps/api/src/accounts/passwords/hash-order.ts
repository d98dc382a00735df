interface SignUp<T> {
  readonly arrival: number;
  readonly job: T;
}

/**
 * Who is hashed next: sign-ups in the order of their arrival, and everything else in the order in which it
 * came. While both wait, everything else has its share; what it does not use goes to the sign-ups.
 */
export class HashOrder<T> {
  private readonly line: SignUp<T>[] = [];
  private readonly others: T[] = [];
  /** The credit of everything else; at 1 it goes next. */
  private credit = 1;

  /** @param shareOfOthers from 0 to 1 */
  constructor(private readonly shareOfOthers: number) {}

  /** Sign-ups that wait. */
  get signUps(): number {
    return this.line.length;
  }

  /** Everything else that waits. */
  get rest(): number {
    return this.others.length;
  }

  /** The arrival of the newest sign-up that waits. */
  get newestArrival(): number | undefined {
    return this.line.at(-1)?.arrival;
  }

  /** Adds a sign-up. Returns the newest one if there are too few places. */
  addSignUp(job: T, arrival: number, places: number): T | undefined {
    let index = this.line.length;
    while (index > 0 && this.line[index - 1]!.arrival > arrival) index--;
    this.line.splice(index, 0, { arrival, job });
    return this.line.length > places ? this.line.pop()!.job : undefined;
  }

  /** Whether a sign-up would have a place; `letIn` have been promised one. */
  admits(arrival: number, letIn: number, places: number): boolean {
    return letIn < places || arrival < (this.newestArrival ?? -Infinity);
  }

  add(job: T): void {
    this.others.push(job);
  }

  /** Takes away one that is not a sign-up. */
  remove(job: T): void {
    const index = this.others.indexOf(job);
    if (index >= 0) this.others.splice(index, 1);
  }

  /** Takes the next one out. */
  next(): T | undefined {
    if (this.line.length === 0) {
      this.credit = 1;
      return this.others.shift();
    }
    this.credit = Math.min(1, this.credit + this.shareOfOthers);
    // An unused share is not saved up beyond one job.
    if (this.others.length === 0) return this.line.shift()!.job;
    if (this.credit < 1 - ROUNDING) return this.line.shift()!.job;
    this.credit -= 1;
    return this.others.shift();
  }
}

const ROUNDING = 1e-9;
