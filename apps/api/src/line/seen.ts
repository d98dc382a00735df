const BITS = 2 ** 23;
/** With more of them set, too many ids would be taken for one that was seen. */
const FULL = BITS / 8;

/** Which ids were seen lately, in one megabyte; it takes one in eight for another at worst. */
export class Seen {
  private readonly bits = new Uint8Array(BITS / 8);
  private count = 0;

  /** What stands for an id. */
  markOf(id: string): number {
    return Buffer.from(id, 'base64url').readUInt32BE(0) % BITS;
  }

  has(mark: number): boolean {
    return (this.bits[mark >> 3]! & (1 << (mark & 7))) !== 0;
  }

  /** Whether it is new; it is not, the next time. */
  add(mark: number): boolean {
    if (this.has(mark)) return false;
    if (++this.count > FULL) {
      this.bits.fill(0);
      this.count = 1;
    }
    this.bits[mark >> 3]! |= 1 << (mark & 7);
    return true;
  }
}
