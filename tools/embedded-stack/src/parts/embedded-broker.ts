import { Child } from '../child.js';
import { portFor } from '../free-port.js';
import type { Part } from '../part.js';
import { built } from '../paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/broker/broker.main.js');
const PREFERRED_PORT = 55672;

/** What a broker keeps that starts again. */
export interface EmbeddedBrokerSettings {
  /** Another one if it is taken. */
  readonly port?: number;
  /** Of its user; a random one, if none is given. */
  readonly password?: string;
}

/** A broker of our own in memory that speaks AMQP 0-9-1, in place of RabbitMQ. */
export const embeddedBroker = ({
  port: preferredPort = PREFERRED_PORT,
  password,
}: EmbeddedBrokerSettings = {}): Part => ({
  name: 'the embedded broker',
  variable: 'RABBITMQ_URL',
  async start() {
    const port = await portFor('the broker', preferredPort);
    const child = new Child('The embedded broker', PROGRAM, {
      args: [String(port)],
      input: password,
    });
    const { url } = await child.message<{ url: string }>();
    return { url, notes: 'embedded broker, in memory', pid: child.pid, stop: () => child.stop() };
  },
});
