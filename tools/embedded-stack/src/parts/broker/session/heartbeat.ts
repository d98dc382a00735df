import type { Socket } from 'node:net';

/** Two intervals without a byte end a connection, as the specification asks; it is looked at twice in each. */
const LOOKS_PER_INTERVAL = 2;
const SILENT_LOOKS_MAX = 2 * LOOKS_PER_INTERVAL;

/** Sends a heartbeat when nothing else was sent, and notices a client from which nothing comes. */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;

  /** @param seconds as negotiated; 0 is none */
  start(seconds: number, socket: Socket, beat: () => void, onSilence: () => void): void {
    if (seconds === 0) return;
    let { bytesRead, bytesWritten } = socket;
    let silentLooks = 0;
    const look = () => {
      if (socket.bytesWritten === bytesWritten) beat();
      bytesWritten = socket.bytesWritten;
      // While nothing is read from it, nothing can be heard.
      silentLooks = socket.bytesRead > bytesRead || socket.isPaused() ? 0 : silentLooks + 1;
      bytesRead = socket.bytesRead;
      if (silentLooks >= SILENT_LOOKS_MAX) onSilence();
    };
    this.timer = setInterval(look, (seconds * 1_000) / LOOKS_PER_INTERVAL);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
