import type { Socket } from 'node:net';
import type { Faults } from '../faults.js';
import { FrameDecoder, type Frame } from '../wire/frames.js';

const PROTOCOL_HEADER = Buffer.from('AMQP\0\x00\x09\x01', 'latin1');
/** Until a limit is negotiated; RabbitMQ's `initial_frame_max`. */
const FIRST_FRAMES_MAX_BYTES = 8_192;

/** Why nothing is read for now. */
export type Pause = 'delay' | 'memory' | 'unread answers';

/** What becomes of what is read. */
export interface IntakeEvents {
  /** The protocol header has come. */
  readonly begin: () => void;
  readonly frame: (frame: Frame) => void;
  readonly fail: (error: unknown) => void;
}

/** Reads one socket: the protocol header, then frames. It waits while there is any reason to. */
export class Intake {
  private readonly pauses = new Set<Pause>();
  private readonly decoder = new FrameDecoder(FIRST_FRAMES_MAX_BYTES);
  /** What came of the protocol header; undefined once it is complete. */
  private header: Buffer | undefined = Buffer.alloc(0);
  private isDeaf = false;

  constructor(
    private readonly socket: Socket,
    private readonly faults: Faults,
    private readonly events: IntakeEvents,
  ) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
  }

  set maxFrameBytes(bytes: number) {
    this.decoder.maxFrameBytes = bytes;
  }

  pause(reason: Pause): void {
    this.pauses.add(reason);
    this.socket.pause();
  }

  resume(reason: Pause): void {
    if (this.pauses.delete(reason) && this.pauses.size === 0) this.socket.resume();
  }

  /** From now on everything that comes is thrown away. */
  ignoreAll(): void {
    this.isDeaf = true;
    this.pauses.clear();
    this.socket.resume();
  }

  private receive(chunk: Buffer): void {
    const { delayMs } = this.faults;
    if (delayMs === 0) {
      this.take(chunk);
      return;
    }
    this.pause('delay');
    setTimeout(() => {
      this.take(chunk);
      this.resume('delay');
    }, delayMs);
  }

  private take(chunk: Buffer): void {
    if (this.isDeaf) return;
    try {
      const rest = this.header ? this.takeHeader(Buffer.concat([this.header, chunk])) : chunk;
      if (rest) for (const frame of this.decoder.push(rest)) this.events.frame(frame);
    } catch (error) {
      this.events.fail(error);
    }
  }

  /** @returns what came behind it */
  private takeHeader(bytes: Buffer): Buffer | undefined {
    this.header = bytes;
    if (bytes.length < PROTOCOL_HEADER.length) return undefined;
    if (!bytes.subarray(0, PROTOCOL_HEADER.length).equals(PROTOCOL_HEADER)) {
      // As the specification asks: the client is told what is spoken here.
      this.ignoreAll();
      this.socket.end(PROTOCOL_HEADER);
      return undefined;
    }
    this.header = undefined;
    this.events.begin();
    return bytes.subarray(PROTOCOL_HEADER.length);
  }
}
