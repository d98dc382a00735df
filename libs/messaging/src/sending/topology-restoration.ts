import { Logger } from '@nestjs/common';
import { Backoff } from '#libs/service-defaults';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { explainBrokerError } from '../connection/explain-broker-error.js';
import type { DeclaredTopology } from '../routing/declared-topology.js';

const PAUSE_MS = { atLeast: 1_000, atMost: 60_000 };

/**
 * Declares a topology again when the broker returns a message: an operator, a policy with `expires` or a
 * managed broker has deleted a queue. All who ask meanwhile wait for one declaration; the pauses between them grow.
 */
export class TopologyRestoration {
  private readonly logger = new Logger(TopologyRestoration.name);
  private readonly backoff = new Backoff(PAUSE_MS.atLeast, PAUSE_MS.atMost);
  private notBefore = 0;
  private restoring: Promise<void> | undefined;
  /** Why the last declaration failed. */
  problem: string | undefined;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly topology: DeclaredTopology,
    private readonly stopping: AbortSignal,
  ) {}

  /** Never rejects. Does nothing before the pause after the last declaration is over. */
  async restore(): Promise<void> {
    if (!this.restoring && performance.now() < this.notBefore) return;
    this.restoring ??= this.declare().finally(() => {
      this.restoring = undefined;
      this.notBefore = performance.now() + this.backoff.next();
    });
    await this.restoring;
  }

  /** Messages arrive again: the next declaration need not wait. */
  reset(): void {
    this.backoff.reset();
    this.notBefore = 0;
  }

  private async declare(): Promise<void> {
    this.logger.warn(
      `${this.connection.name}: a message was returned; declaring the topology again`,
    );
    try {
      const model = await this.connection.model(this.stopping);
      if (model) await this.topology.prepare(model, this.stopping);
      this.problem = undefined;
    } catch (error) {
      this.problem = `the topology could not be declared again: ${explainBrokerError(error as Error)}`;
      this.logger.warn(`${this.connection.name}: ${this.problem}`);
    }
  }
}
