import { Child } from '../child.js';
import type { Part } from '../part.js';
import { built } from '../paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/broker/broker.main.js');

/** A broker of our own in memory that speaks AMQP 0-9-1, in place of RabbitMQ. */
export const embeddedBroker = (): Part => ({
  name: 'the embedded broker',
  variable: 'RABBITMQ_URL',
  async start() {
    const child = new Child('The embedded broker', PROGRAM);
    const { url } = await child.message<{ url: string }>();
    return { url, notes: 'embedded broker, in memory', stop: () => child.stop() };
  },
});
