import { Logger } from '@nestjs/common';
import { sleep } from '#libs/service-defaults';
import type { Messaging } from '../contract/messaging.js';
import type { Database } from '../database/database.js';
import type { Outbox } from '../outbox/outbox.js';
import { promote } from './promote.js';
import { PromoterMetrics } from './scheduling.metrics.js';
import type { ScheduledEvents } from './scheduled-events.js';
import { untilNextDue } from './scheduled.query.js';

/** How long a promoter sleeps at most: so late is an event that another process scheduled for now. */
const LONGEST_SLEEP_MS = 1_000;
/**
 * Moves scheduled events to the outbox when they are due, as the database's clock has it. It sleeps until the
 * next one is due; a wake only makes it look again.
 */
export class Promoter {
  private readonly logger = new Logger(Promoter.name);
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private running: Promise<void> | undefined;
  private waitsForRoom = false;
  private readonly metrics: PromoterMetrics;

  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly outbox: Outbox,
    scheduled: ScheduledEvents,
  ) {
    this.metrics = new PromoterMetrics(messaging);
    scheduled.onCommitted(() => this.wake());
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Events have left the outbox. */
  madeRoom(): void {
    if (this.waitsForRoom) this.wake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.wakeUp = new AbortController();
      const pauseMs = await this.promoteDue();
      await sleep(pauseMs, AbortSignal.any([signal, this.wakeUp.signal]));
    }
  }

  private wake(): void {
    this.wakeUp.abort('woken');
  }

  /** Answers for how long there is nothing to do, unless it is woken. */
  private async promoteDue(): Promise<number> {
    const moreIsDue = this.waitsForRoom;
    this.waitsForRoom = false;
    try {
      if (!moreIsDue) {
        const waitMs = await untilNextDue(this.messaging, this.database);
        if (waitMs === undefined) return LONGEST_SLEEP_MS;
        if (waitMs > 0) return Math.min(LONGEST_SLEEP_MS, waitMs);
      }
      const promotion = await promote(this.messaging, this.database);
      if (!promotion) return LONGEST_SLEEP_MS;
      this.metrics.promoted(promotion.lateSeconds);
      if (promotion.lateSeconds.length > 0) this.outbox.wake();
      this.waitsForRoom = promotion.roomLeft === 0;
      return this.waitsForRoom ? LONGEST_SLEEP_MS : 0;
    } catch (error) {
      this.logger.warn(
        `what is due could not be promoted: ${(error as Error).message}; trying again`,
      );
      return LONGEST_SLEEP_MS;
    }
  }
}
