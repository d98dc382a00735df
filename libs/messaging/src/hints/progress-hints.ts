import { PROGRESS_EXCHANGE } from '../routing/names.js';
import type { Hints } from './hints.js';
import { MAX_USERS_OF_A_HINT } from './progress-hint.js';

/** What comes within this time of a hint goes into the next one. */
const WINDOW_MS = 100;

/**
 * Tells every API that users have advanced: the first one at once, those who follow closely together.
 * Otherwise a busy worker would send as many hints as it acknowledges events.
 */
export class ProgressHints {
  private readonly userIds = new Set<string>();
  private window: NodeJS.Timeout | undefined;

  constructor(private readonly hints: Hints) {}

  /** Neither throws nor waits. */
  tell(userId: string): void {
    this.userIds.add(userId);
    if (!this.window || this.userIds.size === MAX_USERS_OF_A_HINT) this.send();
  }

  private send(): void {
    this.hints.publish(PROGRESS_EXCHANGE, { userIds: [...this.userIds] });
    this.userIds.clear();
    this.window ??= setTimeout(() => {
      this.window = undefined;
      if (this.userIds.size > 0) this.send();
    }, WINDOW_MS).unref();
  }
}
