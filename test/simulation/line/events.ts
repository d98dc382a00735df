import type { Clock } from '../../../apps/api/src/line/clock.js';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** A clock that jumps from one event to the next: a heap of what is yet to happen. */
export class Events implements Clock {
  private readonly heap: Event[] = [];
  private time: number;
  private count = 0;

  constructor(start: number) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  /** What is due at the same time happens in the order in which it was said. */
  after(milliseconds: number, happen: () => void): void {
    const event = { at: this.time + milliseconds, order: this.count++, happen };
    let index = this.heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, this.heap[parent]!)) break;
      this.heap[index] = this.heap[parent]!;
      index = parent;
    }
    this.heap[index] = event;
  }

  /** Until nothing is left, or `isOver`. */
  run(isOver: () => boolean): void {
    for (let next = this.take(); next && !isOver(); next = this.take()) {
      this.time = next.at;
      next.happen();
    }
  }

  private take(): Event | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      const right = this.heap[child + 1];
      if (right && isBefore(right, this.heap[child]!)) child++;
      if (!isBefore(this.heap[child]!, last)) break;
      this.heap[index] = this.heap[child]!;
      index = child;
    }
    this.heap[index] = last;
    return first;
  }
}

const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);
