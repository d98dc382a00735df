import { connect, type ConsumeMessage } from 'amqplib';
import { Pool } from 'pg';
import { deliverOnce, type Registration } from './consume-effect.js';
import { optionsOf } from './options.js';

/** A worker by hand, amqplib and pg: the transaction, then the acknowledgement. It retries nothing and logs nothing. */
export interface ConsumeOptions {
  readonly brokerUrl: string;
  readonly databaseUrl: string;
  readonly queue: string;
  readonly prefetch: number;
}

const CONNECTIONS = 10;

const { brokerUrl, databaseUrl, queue, prefetch } = optionsOf<ConsumeOptions>();
const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });
const channel = await (await connect(brokerUrl)).createChannel();

async function handle(message: ConsumeMessage): Promise<void> {
  const event = JSON.parse(message.content.toString('utf8')) as Registration;
  await deliverOnce(pool, queue, event);
  channel.ack(message);
}

await channel.prefetch(prefetch);
await channel.consume(queue, (message) => {
  if (message) void handle(message);
});
