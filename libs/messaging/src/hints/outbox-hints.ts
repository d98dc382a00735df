import { OUTBOX } from '../contract/messaging.js';
import type { Hints } from './hints.js';

/** Commits within this time of a hint are announced by the next one. */
const WINDOW_MS = 100;

/**
 * Says to the processes that relay that this one has committed to the outbox, or scheduled something for now:
 * the first commit at once, those that follow closely together.
 */
export class OutboxHints {
  private window: NodeJS.Timeout | undefined;
  private isDue = false;

  constructor(private readonly hints: Hints) {}

  /** Neither throws nor waits. */
  committed(): void {
    if (this.window) this.isDue = true;
    else this.send();
  }

  private send(): void {
    this.isDue = false;
    this.hints.publish(OUTBOX, {});
    this.window = setTimeout(() => {
      this.window = undefined;
      if (this.isDue) this.send();
    }, WINDOW_MS).unref();
  }
}
