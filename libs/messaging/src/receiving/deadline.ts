import { HandlerTimeoutError } from '../retry/errors.js';

/** The time that one run of a handler may take. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.timer = setTimeout(
      () =>
        this.controller.abort(
          new HandlerTimeoutError(`the handler took longer than ${milliseconds} ms`),
        ),
      milliseconds,
    );
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Settles like `work`, or rejects with HandlerTimeoutError, or the reason of {@link end}, when that comes first. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    const expired = new Promise<never>((_, reject) => {
      const expire = () => reject(signal.reason as Error);
      if (signal.aborted) expire();
      else signal.addEventListener('abort', expire, { once: true });
    });
    return Promise.race([work, expired]);
  }

  /** Ends the time early: the signal fires, and `race` rejects with `reason`. */
  end(reason: Error): void {
    this.controller.abort(reason);
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}
