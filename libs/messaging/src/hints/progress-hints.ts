import { z } from 'zod';
import { PROGRESS } from '../contract/messaging.js';
import type { Hints } from './hints.js';

const MAX_SUBJECTS_OF_A_HINT = 1_000;

/** The hint that something has changed in these subjects' part of the delivery ledger. */
export const progressHint = z.object({
  subjects: z.array(z.string().min(1)).max(MAX_SUBJECTS_OF_A_HINT),
});

/** What comes within this time of a hint goes into the next one. */
const WINDOW_MS = 100;

/**
 * Says to every process that listens that subjects have advanced: the first one at once, those who follow
 * closely together. Otherwise a busy worker would send as many hints as it acknowledges events.
 */
export class ProgressHints {
  private readonly subjects = new Set<string>();
  private window: NodeJS.Timeout | undefined;

  constructor(private readonly hints: Hints) {}

  /** Neither throws nor waits. */
  add(subject: string): void {
    this.subjects.add(subject);
    if (!this.window || this.subjects.size === MAX_SUBJECTS_OF_A_HINT) this.send();
  }

  private send(): void {
    this.hints.publish(PROGRESS, { subjects: [...this.subjects] });
    this.subjects.clear();
    this.window ??= setTimeout(() => {
      this.window = undefined;
      if (this.subjects.size > 0) this.send();
    }, WINDOW_MS).unref();
  }
}
