/** A document that may be recommended. */
export interface Candidate<S = unknown> {
  readonly segment: S;
  readonly document: number;
  /** In billionths. */
  readonly score: number;
  readonly tieBreak: number;
  readonly id: string;
}

/** Best first: by score, then by the hash of the id, so that nobody is always last among equals. */
export const byRank = (a: Candidate, b: Candidate): number =>
  b.score - a.score || a.tieBreak - b.tieBreak || (a.id < b.id ? -1 : 1);

/** The best `limit` candidates of all that are offered: a heap with the worst of them at its root. */
export class TopList<S> {
  private readonly heap: Candidate<S>[] = [];

  constructor(private readonly limit: number) {}

  /** What has a lower score than this is refused: −Infinity while there is room. */
  get threshold(): number {
    return this.heap.length < this.limit ? -Infinity : (this.heap[0]?.score ?? Infinity);
  }

  /** Whether a candidate can enter the list; of two with an equal hash, the list itself decides. */
  admits(score: number, tieBreak: number): boolean {
    const worst = this.heap[0];
    if (this.heap.length < this.limit) return true;
    if (worst === undefined || score < worst.score) return false;
    return score > worst.score || tieBreak <= worst.tieBreak;
  }

  offer(candidate: Candidate<S>): void {
    if (this.heap.length < this.limit) {
      this.heap.push(candidate);
      this.rise(this.heap.length - 1);
    } else if (this.limit > 0 && byRank(candidate, this.heap[0]!) < 0) {
      this.heap[0] = candidate;
      this.sink(0);
    }
  }

  /** All of them, best first. */
  sorted(): Candidate<S>[] {
    return this.heap.toSorted(byRank);
  }

  private rise(from: number): void {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.isWorse(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private sink(from: number): void {
    for (let parent = from; ;) {
      const left = 2 * parent + 1;
      if (left >= this.heap.length) return;
      const right = left + 1;
      const child = right < this.heap.length && this.isWorse(right, left) ? right : left;
      if (!this.isWorse(child, parent)) return;
      this.swap(child, parent);
      parent = child;
    }
  }

  private isWorse(a: number, b: number): boolean {
    return byRank(this.heap[a]!, this.heap[b]!) > 0;
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b]!, this.heap[a]!];
  }
}
