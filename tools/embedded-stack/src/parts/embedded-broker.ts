import { Child } from '../child.js';
import { portFor } from '../free-port.js';
import type { Part } from '../part.js';
import { built } from '../paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/broker/broker.main.js');
const PREFERRED_PORT = 55672;

/** A broker of our own in memory that speaks AMQP 0-9-1, in place of RabbitMQ. */
export const embeddedBroker = (preferredPort = PREFERRED_PORT): Part => ({
  name: 'the embedded broker',
  variable: 'RABBITMQ_URL',
  async start() {
    const port = await portFor('the broker', preferredPort);
    const child = new Child('The embedded broker', PROGRAM, { args: [String(port)] });
    const { url } = await child.message<{ url: string }>();
    return { url, notes: 'embedded broker, in memory', pid: child.pid, stop: () => child.stop() };
  },
});
