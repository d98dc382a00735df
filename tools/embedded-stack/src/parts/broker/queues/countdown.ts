/** The longest time that Node's timers know. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** One timer that can be started again, for any time. */
export class Countdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ring: () => void) {}

  start(ms: number): void {
    this.stop();
    const step = Math.min(Math.max(Math.ceil(ms), 0), TIMER_MAX_MS);
    this.timer = setTimeout(() => (ms > step ? this.start(ms - step) : this.ring()), step);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
