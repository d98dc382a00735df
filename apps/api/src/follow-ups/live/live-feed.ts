import { Logger } from '@nestjs/common';
import { Periodic } from '#libs/service-defaults';

/** Someone who watches what is one user's. */
export interface Watcher {
  readonly userId: string;
}

/** Covers hints that were lost, and a broker that is away. */
const LOOK_INTERVAL_MS = 2_000;

/**
 * Keeps watchers up to date: those of a user at once when a hint names the user, all of them every two
 * seconds. At any time there is one query at most, for all the watchers that are due.
 */
export class LiveFeed<W extends Watcher> {
  private readonly logger = new Logger(LiveFeed.name);
  private readonly watchers = new Map<string, Set<W>>();
  private readonly due = new Set<W>();
  private readonly look: Periodic;
  private looking: Promise<void> | undefined;

  /** @param update reads what the watchers want to know, in one query, and tells them what is new */
  constructor(
    private readonly name: string,
    private readonly update: (watchers: readonly W[]) => Promise<void>,
  ) {
    this.look = new Periodic(name, LOOK_INTERVAL_MS, () =>
      this.updateSoon([...this.watchers.values()].flatMap((ofUser) => [...ofUser])),
    );
  }

  start(): void {
    this.look.start();
  }

  async stop(): Promise<void> {
    await this.look.stop();
    await this.looking;
  }

  /** Watches from now on; the first update follows at once. */
  add(watcher: W): void {
    const ofUser = this.watchers.get(watcher.userId) ?? new Set();
    this.watchers.set(watcher.userId, ofUser.add(watcher));
    void this.updateSoon([watcher]);
  }

  remove(watcher: W): void {
    this.due.delete(watcher);
    const ofUser = this.watchers.get(watcher.userId);
    ofUser?.delete(watcher);
    if (ofUser?.size === 0) this.watchers.delete(watcher.userId);
  }

  /** Something has changed for this user. */
  hint(userId: string): void {
    const ofUser = this.watchers.get(userId);
    if (ofUser) void this.updateSoon([...ofUser]);
  }

  /** Whoever becomes due while a query runs shares the next one. */
  private updateSoon(watchers: readonly W[]): Promise<void> {
    for (const watcher of watchers) this.due.add(watcher);
    this.looking ??= this.updateAll().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async updateAll(): Promise<void> {
    // One turn of the event loop, so that those who come together are asked for together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.due.size > 0) {
      const batch = [...this.due];
      this.due.clear();
      try {
        await this.update(batch);
      } catch (error) {
        this.logger.warn(`${this.name} failed: ${(error as Error).message}; it is tried again`);
      }
    }
  }
}
