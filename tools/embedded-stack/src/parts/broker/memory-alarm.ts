/** Below this share of the limit publishers may go on, so that they do not stop and go with every message. */
const RELEASE_SHARE = 0.9;

/** Counts what queues hold, each copy of a message as a whole, and tells when it is too much. */
export class MemoryAlarm {
  private used = 0;
  private raised = false;

  constructor(
    readonly limitBytes: number,
    private readonly onRelease: () => void,
  ) {}

  get isRaised(): boolean {
    return this.raised;
  }

  get usedBytes(): number {
    return this.used;
  }

  take(bytes: number): void {
    this.used += bytes;
    if (this.used > this.limitBytes) this.raised = true;
  }

  give(bytes: number): void {
    this.used -= bytes;
    if (!this.raised || this.used > this.limitBytes * RELEASE_SHARE) return;
    this.raised = false;
    this.onRelease();
  }
}
