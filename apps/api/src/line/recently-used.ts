const NONE = -1;

/** Gives each of so many keys a slot of its own; a further key gets the slot of the one not used for longest. */
export class RecentlyUsed {
  private readonly slots = new Map<string, number>();
  private readonly keys: string[] = [];
  private readonly older: Int32Array;
  private readonly newer: Int32Array;
  private oldest = NONE;
  private newest = NONE;

  constructor(private readonly most: number) {
    this.older = new Int32Array(most);
    this.newer = new Int32Array(most);
  }

  get size(): number {
    return this.slots.size;
  }

  /** The slot of a key that has one, which counts as a use. */
  find(key: string): number | undefined {
    const slot = this.slots.get(key);
    if (slot !== undefined && slot !== this.newest) {
      this.unlink(slot);
      this.link(slot);
    }
    return slot;
  }

  /** A slot for a key that has none; what is in it is another's. */
  add(key: string): number {
    let slot = this.keys.length;
    if (slot === this.most) {
      slot = this.oldest;
      this.slots.delete(this.keys[slot]!);
      this.unlink(slot);
    }
    this.keys[slot] = key;
    this.slots.set(key, slot);
    this.link(slot);
    return slot;
  }

  private unlink(slot: number): void {
    const [older, newer] = [this.older[slot]!, this.newer[slot]!];
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
  }

  private link(slot: number): void {
    this.older[slot] = this.newest;
    this.newer[slot] = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.newer[this.newest] = slot;
    this.newest = slot;
  }
}
