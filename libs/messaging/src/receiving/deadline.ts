import { HandlerTimeoutError } from './errors.js';

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

  /** Settles like `work`, or rejects with HandlerTimeoutError when the time is up first. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    const expired = new Promise<never>((_, reject) => {
      const expire = () => reject(signal.reason as Error);
      if (signal.aborted) expire();
      else signal.addEventListener('abort', expire, { once: true });
    });
    return Promise.race([work, expired]);
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}
