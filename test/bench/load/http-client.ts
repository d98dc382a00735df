import { Agent, request, type OutgoingHttpHeaders } from 'node:http';

/** An answer, its body as text. */
export interface HttpAnswer {
  /** 0 when there was no answer at all. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** A client that keeps its connections, and costs as little as Node lets it: the load shares the cores. */
export class HttpClient {
  private readonly agent: Agent;
  private readonly hostname: string;
  private readonly port: string;

  /** @param connections at most; further requests wait for one */
  constructor(
    url: string,
    private readonly connections: number,
  ) {
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      maxFreeSockets: connections,
      scheduling: 'fifo',
    });
    ({ hostname: this.hostname, port: this.port } = new URL(url));
  }

  /** Opens all connections beforehand, as a proxy in front of a server has them. */
  async connect(): Promise<void> {
    await Promise.all(Array.from({ length: this.connections }, () => this.get('/healthz')));
  }

  get(path: string, headers?: OutgoingHttpHeaders): Promise<HttpAnswer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: object): Promise<HttpAnswer> {
    return this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  close(): void {
    this.agent.destroy();
  }

  /** Never rejects. */
  private send(
    method: string,
    path: string,
    content: string | undefined,
    headers: OutgoingHttpHeaders = {},
  ): Promise<HttpAnswer> {
    const { agent, hostname, port } = this;
    const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
    return new Promise((resolve) => {
      const none = () => resolve({ status: 0, retryAfter: undefined, body: '' });
      const options = { agent, hostname, port, method, path, headers: { ...headers, ...length } };
      const asking = request(options, (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (body += chunk));
        answer.once('error', none);
        answer.once('end', () =>
          resolve({ status: answer.statusCode!, retryAfter: answer.headers['retry-after'], body }),
        );
      });
      asking.once('error', none);
      asking.end(content);
    });
  }
}
