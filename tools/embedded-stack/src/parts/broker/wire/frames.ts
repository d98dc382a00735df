import { AmqpError } from '../amqp-error.js';

export const FRAME = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;
const TYPES = new Set<number>(Object.values(FRAME));

const HEADER_BYTES = 7;
const END_BYTES = 1;
const FRAME_END = 0xce;

/** What a frame takes beside its payload. */
export const FRAME_OVERHEAD = HEADER_BYTES + END_BYTES;

/** One frame; its payload shares memory with what was received. */
export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** Cuts a stream of bytes into frames; it keeps less than one frame. */
export class FrameDecoder {
  private rest: Buffer = Buffer.alloc(0);

  /** @param maxFrameBytes the whole frame, as negotiated */
  constructor(public maxFrameBytes: number) {}

  /**
   * Each frame as soon as it is complete; a larger limit set meanwhile counts from the next one on.
   * @throws AmqpError 501 for what can be no frame; there is no going on after it
   */
  *push(chunk: Buffer): Generator<Frame> {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    while (this.rest.length >= HEADER_BYTES) {
      const type = this.rest.readUInt8(0);
      if (!TYPES.has(type)) throw new AmqpError('FRAME_ERROR', `there is no frame of type ${type}`);
      const size = this.rest.readUInt32BE(3);
      if (size + FRAME_OVERHEAD > this.maxFrameBytes)
        throw new AmqpError(
          'FRAME_ERROR',
          `a frame of ${size + FRAME_OVERHEAD} bytes, where ${this.maxFrameBytes} are the most`,
        );
      const end = HEADER_BYTES + size;
      if (this.rest.length <= end) return;
      if (this.rest[end] !== FRAME_END)
        throw new AmqpError('FRAME_ERROR', `a frame ends with ${this.rest[end]}, not ${FRAME_END}`);
      const frame = {
        type,
        channel: this.rest.readUInt16BE(1),
        payload: this.rest.subarray(HEADER_BYTES, end),
      };
      this.rest = this.rest.subarray(end + END_BYTES);
      yield frame;
    }
  }
}

export function encodeFrame(type: number, channel: number, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(payload.length + FRAME_OVERHEAD);
  frame.writeUInt8(type, 0);
  frame.writeUInt16BE(channel, 1);
  frame.writeUInt32BE(payload.length, 3);
  payload.copy(frame, HEADER_BYTES);
  frame.writeUInt8(FRAME_END, HEADER_BYTES + payload.length);
  return frame;
}
