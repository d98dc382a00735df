const SLICE_MS = 100;
const SLICES = 60;

/** How many there were lately: exact to a tenth of a second, for the last six seconds. */
export class Pace {
  private readonly counts = new Int32Array(SLICES);
  private newest = 0;

  note(now: number): void {
    this.moveTo(now);
    this.counts[this.newest % SLICES]!++;
  }

  since(time: number, now: number): number {
    this.moveTo(now);
    const oldest = Math.max(Math.floor(time / SLICE_MS) + 1, this.newest - SLICES + 1);
    let sum = 0;
    for (let slice = oldest; slice <= this.newest; slice++) sum += this.counts[slice % SLICES]!;
    return sum;
  }

  private moveTo(now: number): void {
    const slice = Math.max(this.newest, Math.floor(now / SLICE_MS));
    const empty = Math.max(this.newest + 1, slice - SLICES + 1);
    for (let next = empty; next <= slice; next++) this.counts[next % SLICES] = 0;
    this.newest = slice;
  }
}
