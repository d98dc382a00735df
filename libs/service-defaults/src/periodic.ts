import { Logger } from '@nestjs/common';
import { sleep } from './backoff.js';

/** Work that is done again and again, a jittered interval apart; a failure is logged, and it goes on. */
export class Periodic {
  private readonly logger = new Logger(Periodic.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    private readonly work: (signal: AbortSignal) => Promise<unknown>,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Waits for the work in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(this.intervalMs * (0.75 + Math.random() / 2), signal);
      if (signal.aborted) return;
      try {
        await this.work(signal);
      } catch (error) {
        this.logger.warn(`${this.name} failed: ${(error as Error).message}; it is tried again`);
      }
    }
  }
}
