import type { Socket } from 'node:net';
import type { Message } from '../message.js';
import { withEntries, type FieldTable } from '../wire/field-table.js';
import { encodeFrame, FRAME, FRAME_OVERHEAD } from '../wire/frames.js';
import { encodeMethod } from '../wire/method-codec.js';
import type { Fields, MethodName } from '../wire/methods.js';
import { encodeContentHeader } from '../wire/properties.js';
import type { ContentMethod } from './line.js';

const HEARTBEAT = encodeFrame(FRAME.heartbeat, 0, Buffer.alloc(0));
const NO_HEADERS = Buffer.alloc(0);

/** Writes frames; those of one turn of the event loop go out together. */
export class Outgoing {
  /** @param maxFrameBytes the whole frame, as negotiated */
  constructor(
    private readonly socket: Socket,
    public maxFrameBytes: number,
  ) {}

  /** More has been written than the client has read; it will be told by the socket's `drain`. */
  get isCongested(): boolean {
    return this.socket.writableNeedDrain;
  }

  get unreadBytes(): number {
    return this.socket.writableLength;
  }

  send<N extends MethodName>(channel: number, name: N, fields: Fields<N>): void {
    this.write(encodeFrame(FRAME.method, channel, encodeMethod(name, fields)));
  }

  /** A content's frames follow each other without any other of that channel. */
  sendContent<N extends ContentMethod>(
    channel: number,
    name: N,
    fields: Fields<N>,
    { properties, body }: Message,
    headers?: FieldTable,
  ): void {
    const sent = headers
      ? { ...properties, headers: withEntries(properties.headers ?? NO_HEADERS, headers) }
      : properties;
    this.send(channel, name, fields);
    this.write(encodeFrame(FRAME.header, channel, encodeContentHeader(body.length, sent)));
    const piece = this.maxFrameBytes - FRAME_OVERHEAD;
    for (let start = 0; start < body.length; start += piece)
      this.write(encodeFrame(FRAME.body, channel, body.subarray(start, start + piece)));
  }

  heartbeat(): void {
    this.write(HEARTBEAT);
  }

  write(bytes: Buffer): void {
    if (!this.socket.writable) return;
    if (this.socket.writableCorked === 0) {
      this.socket.cork();
      process.nextTick(() => this.socket.uncork());
    }
    this.socket.write(bytes);
  }
}
