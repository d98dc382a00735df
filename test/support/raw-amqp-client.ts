import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tableOf } from '../../tools/embedded-stack/src/parts/broker/wire/field-table.js';
import {
  encodeFrame,
  FRAME,
  FrameDecoder,
} from '../../tools/embedded-stack/src/parts/broker/wire/frames.js';
import {
  decodeMethod,
  encodeMethod,
} from '../../tools/embedded-stack/src/parts/broker/wire/method-codec.js';
import type {
  Fields,
  Method,
  MethodName,
} from '../../tools/embedded-stack/src/parts/broker/wire/methods.js';

export const PROTOCOL_HEADER = Buffer.from('AMQP\0\x00\x09\x01', 'latin1');
const FRAME_MAX = 131_072;
const LAST_CHUNK_MAX_BYTES = 1_024;

export const methodFrame = <N extends MethodName>(channel: number, name: N, fields: Fields<N>) =>
  encodeFrame(FRAME.method, channel, encodeMethod(name, fields));

/** What a client says from the first byte until it has a channel, number 1. */
export function opening(url: string, change: object = {}): Buffer {
  const { username, password } = new URL(url);
  const { mechanism, virtualHost, ...tuned } = {
    mechanism: 'PLAIN',
    virtualHost: '/',
    channelMax: 100,
    frameMax: FRAME_MAX,
    heartbeat: 0,
    ...change,
  };
  return Buffer.concat([
    PROTOCOL_HEADER,
    methodFrame(0, 'connection.start-ok', {
      clientProperties: tableOf({ product: 'test' }),
      mechanism,
      response: Buffer.from(`\0${username}\0${password}`),
      locale: 'en_US',
    }),
    methodFrame(0, 'connection.tune-ok', tuned),
    methodFrame(0, 'connection.open', { virtualHost, reserved1: '', reserved2: false }),
    methodFrame(1, 'channel.open', { reserved1: '' }),
  ]);
}

/** A client that says whatever a test wants, also what no library would. */
export class RawAmqpClient {
  /** How many bytes came. */
  receivedBytes = 0;
  private readonly chunks: Buffer[] = [];
  /** Resolves when the server, or the client itself, has ended the connection. */
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.receivedBytes += chunk.length;
      // As the specification asks of a client; a close is the last that comes.
      if (chunk.length < LAST_CHUNK_MAX_BYTES && this.closeCode)
        socket.end(methodFrame(0, 'connection.close-ok', {}));
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(url: string): Promise<RawAmqpClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawAmqpClient(socket);
  }

  /** Says this and resolves once the server has ended the connection. */
  async sayAndBeClosed(...bytes: Buffer[]): Promise<this> {
    for (const each of bytes) this.socket.write(each);
    await this.closed;
    return this;
  }

  /** All bytes that came. */
  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** All methods that came. */
  get methods(): Method[] {
    if (this.received.equals(PROTOCOL_HEADER)) return [];
    const frames = [...new FrameDecoder(FRAME_MAX).push(this.received)];
    return frames
      .filter(({ type }) => type === FRAME.method)
      .map(({ payload }) => decodeMethod(payload));
  }

  /** The code with which the server closed the connection. */
  get closeCode(): number | undefined {
    const close = this.methods.find(({ name }) => name === 'connection.close');
    return (close?.fields as Fields<'connection.close'> | undefined)?.replyCode;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
