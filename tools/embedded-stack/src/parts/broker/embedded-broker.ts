import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { randomPassword } from '../../kept-password.js';
import { AmqpError } from './amqp-error.js';
import type { Faults } from './faults.js';
import { MemoryAlarm } from './memory-alarm.js';
import { Connection } from './session/connection.js';
import { VirtualHost } from './virtual-host.js';

export interface EmbeddedBrokerOptions {
  /** 0 is any free one. */
  readonly port?: number;
  readonly user?: string;
  /** A random one, if none is given. */
  readonly password?: string;
  /** What the queues may hold before those who publish are blocked. */
  readonly memoryLimitBytes?: number;
  /** Gets a line for what someone should know of. */
  readonly log?: (line: string) => void;
}

const HOST = '127.0.0.1';
const DEFAULT_MEMORY_LIMIT_BYTES = 256 * 1_024 * 1_024;
const MAX_CONNECTIONS = 1_000;
/** What is written to a socket before its client counts as slow. */
const SEND_BUFFER_BYTES = 256 * 1_024;
/** Connections still open then are cut off. */
const STOP_TIMEOUT_MS = 1_000;

/**
 * An AMQP 0-9-1 broker in memory, for development and tests; on this machine only, never in production.
 * What it does as RabbitMQ does, and what not: docs/adr/0013-embedded-broker.md
 */
export class EmbeddedBroker {
  readonly faults: Faults = { refuseConfirms: false, delayMs: 0 };
  private readonly connections = new Set<Connection>();
  private readonly memory: MemoryAlarm;
  private readonly host: VirtualHost;
  private closed: Promise<void> | undefined;

  private constructor(
    private readonly server: Server,
    private readonly options: Required<EmbeddedBrokerOptions>,
  ) {
    this.memory = new MemoryAlarm(options.memoryLimitBytes, () =>
      this.connections.forEach((connection) => connection.unblock()),
    );
    this.host = new VirtualHost(this.memory);
  }

  /** @throws Error with `NODE_ENV=production`, and when the port is taken */
  static async start(options: EmbeddedBrokerOptions = {}): Promise<EmbeddedBroker> {
    if (process.env['NODE_ENV'] === 'production')
      throw new Error(
        'The embedded broker keeps everything in memory and does not start with NODE_ENV=production: ' +
          'give RABBITMQ_URL.',
      );
    const server = createServer({ noDelay: true, highWaterMark: SEND_BUFFER_BYTES });
    server.maxConnections = MAX_CONNECTIONS;
    const broker = new EmbeddedBroker(server, {
      port: 0,
      user: 'usher',
      password: randomPassword(),
      memoryLimitBytes: DEFAULT_MEMORY_LIMIT_BYTES,
      log: () => undefined,
      ...options,
    });
    broker.accept();
    server.listen(options.port ?? 0, HOST);
    await once(server, 'listening');
    return broker;
  }

  get url(): string {
    const { user, password } = this.options;
    const { port } = this.server.address() as AddressInfo;
    return `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${HOST}:${port}`;
  }

  /** What the queues hold, each copy of a message counted as a whole. */
  get usedBytes(): number {
    return this.memory.usedBytes;
  }

  /** Cuts every connection off without a word. */
  dropConnections(): void {
    for (const connection of this.connections) connection.drop();
  }

  /** Tells every client, and forgets everything. */
  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    const reason = "broker forced connection closure with reason 'shutdown'";
    for (const connection of this.connections)
      connection.fail(new AmqpError('CONNECTION_FORCED', reason));
    const timer = setTimeout(() => this.dropConnections(), STOP_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
    this.host.close();
  }

  private accept(): void {
    const { user, password, log } = this.options;
    const { host, memory, faults } = this;
    this.server.on('connection', (socket) => {
      const credentials = { user, password };
      const connection = new Connection(socket, { host, memory, credentials, faults, log });
      this.connections.add(connection);
      socket.once('close', () => this.connections.delete(connection));
    });
  }
}
