import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** The status line and the header lines, as they came. */
  readonly head: string;
  readonly body: string;
}

interface Pending {
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: Error) => void;
}

const END_OF_HEAD = '\r\n\r\n';

/** A connection of HTTP/1.1 that is kept: one request after the other. It is opened when it is needed. */
export class Connection {
  private socket: Socket | undefined;
  private received = '';
  private pending: Pending | undefined;

  constructor(private readonly url: URL) {}

  /** @throws Error when the connection ends before the answer does */
  exchange(request: string): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      this.socket ??= this.open();
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect(Number(this.url.port), this.url.hostname);
    socket.setNoDelay();
    // As bytes, so that lengths are lengths.
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.take(chunk));
    socket.once('error', () => undefined);
    socket.once('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.received = '';
      this.pending?.reject(new Error('the connection ended before the answer'));
      this.pending = undefined;
    });
    return socket;
  }

  private take(chunk: string): void {
    this.received += chunk;
    const answer = parse(this.received);
    if (!answer || !this.pending) return;
    const { resolve } = this.pending;
    this.received = '';
    this.pending = undefined;
    if (/\r\nconnection: close/i.test(answer.head)) {
      this.socket?.destroy();
      this.socket = undefined;
    }
    resolve(answer);
  }
}

/** Undefined as long as it is not whole. */
function parse(text: string): RawAnswer | undefined {
  const headEnd = text.indexOf(END_OF_HEAD);
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 000'.length));
  const rest = text.slice(headEnd + END_OF_HEAD.length);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : { status, head, body: decoded(rest) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, head, body: '' };
  const body = unchunked(rest);
  return body === undefined ? undefined : { status, head, body: decoded(body) };
}

/** RFC 9112, section 7.1; undefined as long as the last chunk has not come. */
function unchunked(text: string): string | undefined {
  let body = '';
  for (let at = 0; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const start = lineEnd + 2;
    if (text.length < start + size + 2) return undefined;
    if (size === 0) return body;
    body += text.slice(start, start + size);
    at = start + size + 2;
  }
}

const decoded = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');
