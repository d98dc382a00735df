import { Connection } from './connection.js';

/** An answer, its body as text. */
export interface HttpAnswer {
  /** 0 when there was no answer at all. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** `Usher-Ticket`. */
  readonly ticket?: string | undefined;
  readonly body: string;
}

type Headers = Readonly<Record<string, string>>;

const RETRY_AFTER = /\r\nretry-after: *([^\r]*)/i;
const TICKET = /\r\nusher-ticket: *([^\r]*)/i;
const NO_ANSWER: HttpAnswer = { status: 0, retryAfter: undefined, body: '' };

/**
 * A client that keeps its connections. It writes requests and reads answers itself: the load shares the cores
 * with what it measures, and a request of `node:http` costs the load twice as much (205 against 105 µs on the
 * machine of docs/performance.md).
 */
export class HttpClient {
  private readonly connections: readonly Connection[];
  private readonly free: Connection[];
  private readonly waiting: ((connection: Connection) => void)[] = [];
  private readonly url: URL;

  /** @param connections at most; further requests wait for one, the first one first */
  constructor(url: string, connections: number) {
    this.url = new URL(url);
    this.connections = Array.from({ length: connections }, () => new Connection(this.url));
    this.free = [...this.connections];
  }

  /** Opens all connections beforehand, as a proxy in front of a server has them. */
  async connect(): Promise<void> {
    await Promise.all(this.connections.map(() => this.get('/healthz')));
  }

  get(path: string, headers: Headers = {}): Promise<HttpAnswer> {
    return this.send(this.head('GET', path, headers));
  }

  post(path: string, body: object, headers: Headers = {}): Promise<HttpAnswer> {
    const content = JSON.stringify(body);
    const own = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(content)),
    };
    return this.send(this.head('POST', path, { ...own, ...headers }) + content);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private head(method: string, path: string, headers: Headers): string {
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${this.url.host}\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    return `${text}\r\n`;
  }

  /** Never rejects. */
  private async send(request: string): Promise<HttpAnswer> {
    const connection =
      this.free.shift() ??
      (await new Promise<Connection>((resolve) => void this.waiting.push(resolve)));
    try {
      const { status, head, body } = await connection.exchange(request);
      return {
        status,
        retryAfter: RETRY_AFTER.exec(head)?.[1],
        ticket: TICKET.exec(head)?.[1],
        body,
      };
    } catch {
      return NO_ANSWER;
    } finally {
      const next = this.waiting.shift();
      if (next) next(connection);
      else this.free.push(connection);
    }
  }
}
