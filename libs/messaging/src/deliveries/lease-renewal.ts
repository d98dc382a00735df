import { LeaseHeldError } from '../retry/errors.js';

/** What a lease lasts at most without being renewed: an event whose process has died waits so long. */
export const LEASE_MS = 30_000;
/** A lease outlives what it guards by this much, so that an abort can take effect before another copy begins. */
export const LEASE_MARGIN_MS = 10_000;
const RENEW_EVERY_MS = 5_000;

/**
 * Keeps a lease while a handler runs for longer than it lasts. When it has passed to another copy, or could
 * not be renewed until {@link LEASE_MARGIN_MS} before its end, `onLost` is called once: the effect must stop.
 */
export class LeaseRenewal {
  private readonly timer: NodeJS.Timeout;
  private renewedAt = performance.now();
  private isRenewing = false;

  /** @param renew true when the lease was renewed, false when it is another's */
  constructor(
    private readonly renew: () => Promise<boolean>,
    private readonly onLost: (reason: LeaseHeldError) => void,
  ) {
    this.timer = setInterval(() => void this.tick(), RENEW_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    if (performance.now() - this.renewedAt >= LEASE_MS - LEASE_MARGIN_MS) {
      return this.lose('the lease could not be renewed in time');
    }
    if (this.isRenewing) return;
    this.isRenewing = true;
    const startedAt = performance.now();
    try {
      if (await this.renew()) this.renewedAt = startedAt;
      else this.lose('the lease has passed to another copy');
    } catch {
      // The database is away; the next tick tries again, as long as the lease lasts.
    } finally {
      this.isRenewing = false;
    }
  }

  private lose(reason: string): void {
    this.stop();
    this.onLost(new LeaseHeldError(reason));
  }
}
