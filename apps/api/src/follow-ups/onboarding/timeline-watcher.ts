import type { EventStream } from '../live/event-stream.js';
import type { Watcher } from '../live/live-feed.js';
import { isComplete, type OnboardingStep } from './deliveries.query.js';

/** Tells one stream each state of each step once, and once that all is complete. */
export class TimelineWatcher implements Watcher {
  private readonly told = new Map<string, string>();
  private complete = false;

  /** @param lastEventId what the client has seen before it lost its last stream */
  constructor(
    readonly userId: string,
    private readonly stream: Pick<EventStream, 'send'>,
    private readonly lastEventId: string | undefined,
  ) {}

  tell(steps: readonly OnboardingStep[]): void {
    for (const step of steps) {
      const id = idOf(step);
      const state = JSON.stringify(step);
      const before = this.told.get(step.name);
      this.told.set(step.name, state);
      if (before === state || (before === undefined && id === this.lastEventId)) continue;
      this.stream.send('step', step, id);
    }
    const complete = isComplete(steps);
    if (complete && !this.complete) this.stream.send('complete', { complete });
    this.complete = complete;
  }
}

/** `step:status:attempt`, and `:delivery` for a mail of which more is known. */
const idOf = ({ name, status, attempts, delivery }: OnboardingStep): string =>
  [name, status, attempts, delivery].filter((part) => part !== undefined).join(':');
