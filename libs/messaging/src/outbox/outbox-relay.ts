import { Logger } from '@nestjs/common';
import type { Messaging } from '../contract/messaging.js';
import { sleep } from '#libs/service-defaults';
import { randomUUID } from 'node:crypto';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { eventMessage } from '../sending/event-message.js';
import type { PublishOutcome } from '../sending/outgoing-message.js';
import type { Outbox } from './outbox.js';
import { toEvent, type OutboxRow } from './outbox-row.js';
import type { OutboxStore, RelayResult } from './outbox-store.js';

/** Durations in milliseconds. */
export interface RelayOptions {
  readonly pollIntervalMs: number;
  readonly leaseMs: number;
}

/** Events claimed, published and recorded together; also the window of unconfirmed messages. */
const BATCH_SIZE = 200;
/**
 * What is committed within this time after a batch began goes out as one, the next: the more there was, the
 * longer the time. A lone event does not wait, and a busy relay shares each claim, record and write.
 */
const GATHER = { msPerEvent: 25, atMostMs: 100 };

/**
 * Publishes what is in the outbox. Woken in memory after each commit and when the broker is back; a
 * jittered poll covers what no wake announces: other instances' events, lost wakes, leases that ran out. Order: claim → publish all →
 * wait for all confirms → record; nothing is marked before its confirm.
 */
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  /** Fences this relay's writes from those of a relay that took over its lease. */
  private readonly owner = randomUUID();
  private readonly stopping = new AbortController();
  private readonly unroutableTypes = new Set<string>();
  private wake = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly messaging: Messaging,
    private readonly store: OutboxStore,
    private readonly publisher: ConfirmPublisher,
    private readonly options: RelayOptions,
    outbox: Outbox,
    /** Called when events have left the outbox. */
    private readonly onPublished: () => void = () => undefined,
  ) {
    // With a reason of its own: without one each wake would make an error with a stack.
    const wake = () => this.wake.abort('woken');
    outbox.onCommitted(wake);
    publisher.onReady(wake);
  }

  start(): void {
    this.running ??= this.relay();
  }

  /** Records the batch that is under way, publishes once more what has been committed meanwhile, then stops. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async relay(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wake = new AbortController();
      const begunAt = performance.now();
      const published = await this.relayBatch();
      if (published >= BATCH_SIZE / 2) continue;
      const gatherMs = Math.min(GATHER.atMostMs, GATHER.msPerEvent * Math.max(1, published));
      await sleep(Math.max(0, begunAt + gatherMs - performance.now()), this.stopping.signal);
      await this.idle();
    }
    await this.relayBatch();
  }

  /** Until woken, or for about a poll interval. */
  private async idle(): Promise<void> {
    const jittered = this.options.pollIntervalMs * (0.75 + Math.random() / 2);
    await sleep(jittered, AbortSignal.any([this.stopping.signal, this.wake.signal]));
  }

  /** Answers how many events were published: half a batch or more when there may be more to do at once. */
  private async relayBatch(): Promise<number> {
    if (!this.publisher.isReady) return 0;
    try {
      const rows = await this.store.claim(this.owner, BATCH_SIZE, this.options.leaseMs);
      if (rows.length === 0) return 0;
      const results = await Promise.all(rows.map((row) => this.publish(row)));
      const recorded = await this.store.record(this.owner, results);
      if (recorded < rows.length) {
        this.logger.warn(`${rows.length - recorded} leases ran out before they were recorded`);
      }
      this.onPublished();
      return results.filter(({ published }) => published).length;
    } catch (error) {
      this.logger.warn(
        `the outbox could not be relayed: ${(error as Error).message}; trying again`,
      );
      return 0;
    }
  }

  private async publish(row: OutboxRow): Promise<RelayResult> {
    const { names } = this.messaging;
    const event = toEvent(names, row);
    const message = eventMessage(event, names.events, event.type, !row.promoted);
    const outcome = await this.publisher.publish(message);
    if (outcome === 'confirmed') return { id: event.id, published: true };
    if (outcome === 'returned') this.reportUnroutable(event.type);
    const error = consumesAttempt(outcome) ? `publish ${outcome}` : undefined;
    return { id: event.id, published: false, error };
  }

  private reportUnroutable(type: string): void {
    if (this.unroutableTypes.has(type)) return;
    this.unroutableTypes.add(type);
    this.logger.error(
      `no queue takes '${type}'; its events stay in the outbox and are tried again`,
    );
  }
}

/** A broker that is away is nobody's failed attempt. */
const consumesAttempt = (outcome: PublishOutcome) => outcome !== 'unavailable';
