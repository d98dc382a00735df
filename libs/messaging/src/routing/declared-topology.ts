import { sleep } from '#libs/service-defaults';
import type { ChannelModel } from 'amqplib';
import { ensureTopology } from './ensure-topology.js';
import type { Topology } from './topology.js';

/**
 * A quorum queue that was declared less than a second before its node is killed comes back empty (seen on
 * 3.10, 4.0 and 4.3), and with it what was confirmed. What this process has created is not used before this age.
 */
const SAFE_AFTER_MS = 2_000;

/** A topology that this process keeps declared, and the age of what it had to create for that. */
export class DeclaredTopology {
  private createdAt = -Infinity;
  private readonly hurried = new AbortController();

  constructor(
    readonly plan: Topology,
    private readonly safeAfterMs = SAFE_AFTER_MS,
  ) {}

  /** @param part of the plan @throws TopologyMismatchError, TopologyRefusedError */
  async declare(model: ChannelModel, part = this.plan): Promise<void> {
    if (await ensureTopology(model, part)) this.createdAt = performance.now();
  }

  /** Declares all, and waits until a message that is confirmed is safe there. Ends early when the signal fires. */
  async prepare(model: ChannelModel, signal: AbortSignal): Promise<void> {
    await this.declare(model);
    const waitMs = Math.max(0, this.createdAt + this.safeAfterMs - performance.now());
    await sleep(waitMs, AbortSignal.any([signal, this.hurried.signal]));
  }

  /** Ends the waits: for a process that stops, what it has in hand lies in a queue that is no older. */
  hurry(): void {
    this.hurried.abort();
  }
}
