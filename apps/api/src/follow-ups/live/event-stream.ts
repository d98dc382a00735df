import type { Response } from 'express';

/** A client that leaves this much unread is cut off; it comes back, and is told the state as it is then. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** How long a client that lost the stream waits before it comes back. */
const RECONNECT_MS = 2_000;

/**
 * One answer that stays open: server-sent events,
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  constructor(private readonly response: Response) {
    response.status(200).set({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Proxies of the nginx kind would hold events back.
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    this.write(`retry: ${RECONNECT_MS}\n\n`);
  }

  /** `data` goes as JSON, which has no line breaks. */
  send(event: string, data: unknown, id?: string): void {
    this.write(
      `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`,
    );
  }

  /** A comment: keeps proxies from closing a silent stream, and finds out clients that are gone. */
  ping(): void {
    this.write(':\n\n');
  }

  end(): void {
    this.response.end();
  }

  /** Calls back once, whoever ended the stream. */
  onClose(callback: () => void): void {
    this.response.once('close', callback);
  }

  private write(text: string): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.response.write(text);
    if (this.response.writableLength > MAX_UNREAD_BYTES) this.response.destroy();
  }
}
