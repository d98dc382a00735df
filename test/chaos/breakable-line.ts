import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy between the apps and one server, whose connections can be cut. */
export class BreakableLine {
  private readonly sockets = new Set<Socket>();
  private established = 0;
  private readonly server = createServer((client) => this.pass(client));

  private constructor(private readonly target: URL) {}

  static async to(url: string): Promise<BreakableLine> {
    const line = new BreakableLine(new URL(url));
    await once(line.server.listen(0, '127.0.0.1'), 'listening');
    return line;
  }

  /** The server's address by way of this line. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Connections that have reached the server. */
  get connections(): number {
    return this.established;
  }

  /** Resets all connections: what is on its way, in either direction, is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    upstream.once('connect', () => {
      this.established++;
      upstream.once('close', () => this.established--);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined); // 'close' follows.
      socket.once('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
