import type { Clock } from './clock.js';

/** A clock that stands still until the test moves it. */
export class TestClock implements Clock {
  private time = Date.UTC(2026, 0, 1);

  now(): number {
    return this.time;
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
  }
}
