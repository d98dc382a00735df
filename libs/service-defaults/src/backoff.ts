import { setTimeout as delay } from 'node:timers/promises';

/** Exponential back-off with jitter, between half of `minMs` and `maxMs`, that starts again after `reset()`. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
  ) {}

  /** The next pause in milliseconds; why jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
  next(): number {
    const ceiling = Math.min(this.maxMs, this.minMs * 2 ** Math.min(this.failures++, 30));
    return this.minMs / 2 + Math.random() * (ceiling - this.minMs / 2);
  }

  reset(): void {
    this.failures = 0;
  }

  /** Waits for the next pause; ends early, without an error, when the signal fires. */
  async wait(signal: AbortSignal): Promise<void> {
    await sleep(this.next(), signal);
  }
}

/** Waits; ends early, without an error, when the signal fires. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}
