import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Which way the bytes go. */
export type Direction = 'to-server' | 'to-client';

/** One client and the connection that was made to the server for it. */
interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** What the client said first; it tells AMQP connections apart by their `connection_name`. */
  opening: string;
  /** Nothing passes any more, in either direction. */
  stranded: boolean;
}

interface Silence {
  readonly directions: readonly Direction[];
  readonly only: string;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

interface Cut {
  readonly direction: Direction;
  bytesLeft: number;
  readonly done: () => void;
}

/** amqplib notices a silent peer after two to three heartbeats of 5 s; a busy machine takes longer. */
export const UNTIL_SILENCE_IS_NOTICED_MS = 45_000;

const BOTH: readonly Direction[] = ['to-server', 'to-client'];
const OPENING_MAX_LENGTH = 2_048;

/**
 * Stands between a client and a server on 127.0.0.1, so that a test can break the line between them.
 * It holds at most one chunk in each direction of a connection; what it does not pass on stays with the
 * sender. A fault that takes `only` touches the connections that began by saying that text.
 */
export class FaultProxy {
  /** How long each chunk is kept back; what arrives meanwhile follows as one. */
  latencyMs = 0;
  private readonly links = new Set<Link>();
  private listener: Server | undefined;
  private port = 0;
  private total = 0;
  private silence: Silence | undefined;
  private pendingCut: Cut | undefined;

  private constructor(private target: URL) {}

  /** @param url where the server is; host and port are needed */
  static async before(url: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(url));
    await proxy.up();
    return proxy;
  }

  /** The server's URL as a client is to be given it. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.links.size;
  }

  /** Connections that were ever accepted. */
  get accepted(): number {
    return this.total;
  }

  /** Ends every fault; what a silence kept back is passed on. */
  async up(): Promise<void> {
    this.latencyMs = 0;
    this.pendingCut = undefined;
    this.speak();
    if (this.listener) return;
    this.listener = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
    this.port = (this.listener.address() as AddressInfo).port;
  }

  /** Leads new connections to another server, as a virtual address does; those that are open stay where they are. */
  leadTo(url: string): void {
    this.target = new URL(url);
  }

  /** Refuses new connections and ends those that are open. */
  async down(): Promise<void> {
    const closed = this.listener && once(this.listener, 'close');
    this.listener?.close();
    this.listener = undefined;
    this.hangUp();
    await closed;
  }

  /** Ends the open connections as a server does that stops (FIN). */
  hangUp(): void {
    for (const { client, server } of this.links)
      for (const each of [client, server]) each.destroy();
  }

  /** Breaks the open connections (RST): what is on its way, in either direction, is lost. */
  async reset(only = ''): Promise<void> {
    const broken = [...this.links].filter(({ opening }) => opening.includes(only));
    const open = broken.filter(({ client }) => !client.destroyed);
    const closed = open.map(({ client }) => once(client, 'close'));
    broken.forEach(breakOff);
    await Promise.all(closed);
  }

  /** Keeps and accepts connections, but passes nothing on, not even that one side has gone. */
  halfOpen(directions: readonly Direction[] = BOTH, only = ''): void {
    this.speak();
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.silence = { directions, only, ended, end };
  }

  /**
   * Leaves the open connections silent for good, as a firewall does that has forgotten them, or a machine
   * that lost its power. New ones work.
   */
  strand(): void {
    for (const link of this.links) link.stranded = true;
  }

  /** Passes this many bytes more, then resets the connection of the last of them; resolves when that is done. */
  cutAfter(bytes: number, direction: Direction): Promise<void> {
    return new Promise((done) => (this.pendingCut = { direction, bytesLeft: bytes, done }));
  }

  async close(): Promise<void> {
    await this.down();
    this.speak();
  }

  private speak(): void {
    this.silence?.end();
    this.silence = undefined;
  }

  private accept(client: Socket): void {
    this.total++;
    const server = connect({
      host: this.target.hostname,
      port: Number(this.target.port),
      allowHalfOpen: true,
      noDelay: true,
    });
    client.setNoDelay(true);
    const link: Link = { client, server, opening: '', stranded: false };
    this.links.add(link);
    client.once('close', () => server.destroyed && this.links.delete(link));
    server.once('close', () => client.destroyed && this.links.delete(link));
    this.pump(link, 'to-server', client, server);
    this.pump(link, 'to-client', server, client);
  }

  private pump(link: Link, direction: Direction, from: Socket, to: Socket): void {
    from.on('error', () => undefined); // Its 'close' follows.
    from.on('data', (chunk: Buffer) => {
      from.pause();
      void this.pass(link, direction, chunk, to).then(() => from.resume());
    });
    from.once('end', () => void this.mayPass(link, direction).then(() => to.end()));
    from.once('close', () => {
      if (!from.readableEnded) void this.mayPass(link, direction).then(() => breakOff(link));
    });
  }

  private async pass(link: Link, direction: Direction, chunk: Buffer, to: Socket): Promise<void> {
    if (direction === 'to-server' && link.opening.length < OPENING_MAX_LENGTH) {
      link.opening += chunk.toString('latin1');
    }
    if (this.latencyMs > 0) await delay(this.latencyMs);
    await this.mayPass(link, direction);
    const cut = this.pendingCut?.direction === direction ? this.pendingCut : undefined;
    const passed = cut ? chunk.subarray(0, cut.bytesLeft) : chunk;
    if (cut) cut.bytesLeft -= passed.length;
    if (passed.length > 0) await flushed(to, passed);
    if (cut?.bytesLeft !== 0 || this.pendingCut !== cut) return;
    this.pendingCut = undefined;
    breakOff(link);
    cut.done();
  }

  private async mayPass(link: Link, direction: Direction): Promise<void> {
    for (;;) {
      if (link.stranded) await new Promise(() => {});
      const { silence } = this;
      if (!silence?.directions.includes(direction) || !link.opening.includes(silence.only)) return;
      await silence.ended;
    }
  }
}

function breakOff({ client, server }: Link): void {
  for (const each of [client, server]) if (!each.destroyed) each.resetAndDestroy();
}

/** Resolves when the system has taken the bytes, or will not take them any more. */
const flushed = (to: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => to.write(bytes, () => resolve()));
