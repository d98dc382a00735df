import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/** What a server grants its clients. */
export interface ConnectionLimits {
  /** How long a connection may stay idle, in milliseconds. */
  readonly keepAliveMs: number;
  /** Connections beyond these are closed as soon as they are made. */
  readonly maxConnections: number;
}

/** A balancer may open a connection before it has a request; what counts then is the time for the headers. */
const HEADERS_MARGIN_MS = 5_000;

/** From the end of the headers to the end of the body. */
const BODY_MS = 30_000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The connections of a server. While it runs they are limited: a client that is slow to send its request is
 * answered 408 after the keep-alive and a margin. When it stops no client can hold it up.
 */
export class HttpConnections {
  private readonly open = new Map<Socket, Set<Exchange>>();
  private draining = false;

  constructor(
    private readonly server: Server,
    { keepAliveMs, maxConnections }: ConnectionLimits,
  ) {
    server.keepAliveTimeout = keepAliveMs;
    server.headersTimeout = keepAliveMs + HEADERS_MARGIN_MS;
    server.requestTimeout = server.headersTimeout + BODY_MS;
    server.maxConnections = maxConnections;
    server.on('connection', (socket) => {
      this.open.set(socket, new Set());
      socket.once('close', () => this.open.delete(socket));
    });
    // Before the app, which may answer at once.
    server.prependListener('request', (request, response) => this.begin({ request, response }));
  }

  /**
   * Stops listening, closes every connection that is idle or has sent a part of a request, and resolves when
   * the others are answered and closed.
   * @param stallMs how long a client may take nothing of its answer before it is cut off
   */
  async drain(stallMs: number): Promise<void> {
    this.draining = true;
    const closed = once(this.server, 'close');
    // Not http's own: it cuts off answers that are on their way still, and waits for half a request for ever.
    NetServer.prototype.close.call(this.server);
    for (const [socket, exchanges] of this.open) {
      const isWhole = [...exchanges].every(({ request }) => request.complete);
      if (exchanges.size === 0 || !isWhole) socket.destroy();
      for (const { response } of exchanges) closeAfter(response);
    }
    const taken = new Map<Socket, number>();
    const look = setInterval(() => this.cutOffStalled(taken), stallMs);
    await closed;
    clearInterval(look);
  }

  private begin(exchange: Exchange): void {
    const { socket } = exchange.request;
    const exchanges = this.open.get(socket);
    exchanges?.add(exchange);
    if (this.draining) closeAfter(exchange.response);
    exchange.response.once('close', () => {
      exchanges?.delete(exchange);
      // An answer that had begun before the stop has promised to keep the connection.
      // Its end alone would leave the connection open for as long as the client does not end it, too.
      if (this.draining && exchanges?.size === 0) socket.destroySoon();
    });
  }

  /** @param taken bytes that each client had taken at the last look */
  private cutOffStalled(taken: Map<Socket, number>): void {
    for (const socket of this.open.keys()) {
      const { bytesWritten, writableLength } = socket;
      const now = bytesWritten - writableLength;
      if (writableLength > 0 && taken.get(socket) === now) socket.destroy();
      taken.set(socket, now);
    }
  }
}

/** Tells the client that this is the connection's last answer: RFC 9112, section 9.6. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
