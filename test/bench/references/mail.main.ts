import { connect, type ConsumeMessage } from 'amqplib';
import { createTransport } from 'nodemailer';
import { Pool } from 'pg';
import type { Registration } from './consume-effect.js';
import { optionsOf } from './options.js';

/**
 * A mail worker by hand: amqplib, a pool of nodemailer, and pg. It writes the same four times as Usher's: the event
 * is taken, the dialogue begins, the mail is sent, the event is done. It retries nothing and logs nothing.
 */
export interface MailByHandOptions {
  readonly brokerUrl: string;
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly queue: string;
  readonly connections: number;
  readonly mail: { readonly subject: string; readonly text: string; readonly html: string };
}

type Event = Registration & { readonly data: { readonly email: string } };

const { brokerUrl, databaseUrl, smtpUrl, queue, connections, mail } =
  optionsOf<MailByHandOptions>();
const pool = new Pool({ connectionString: databaseUrl, max: connections });
const transport = createTransport({ url: smtpUrl, pool: true, maxConnections: connections });
const channel = await (await connect(brokerUrl)).createChannel();

const STATEMENTS = {
  take: `INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts)
         VALUES ($1, $2, $3, 'processing', 1) ON CONFLICT DO NOTHING`,
  begin: `INSERT INTO email.messages (event_id, template, message_id, consumer, recipient, user_id, status)
          VALUES ($1, 'welcome', $2, $3, $4, $5, 'sending') ON CONFLICT DO NOTHING`,
  sent: `UPDATE email.messages SET status = 'sent', sent_at = now()
          WHERE event_id = $1 AND template = 'welcome'`,
  done: `UPDATE messaging.deliveries SET status = 'done', completed_at = clock_timestamp()
          WHERE consumer = $1 AND event_id = $2`,
};

const write = (name: keyof typeof STATEMENTS, values: unknown[]) =>
  pool.query({ name, text: STATEMENTS[name], values });

async function handle(message: ConsumeMessage): Promise<void> {
  const { id, subject, data } = JSON.parse(message.content.toString('utf8')) as Event;
  const messageId = `<${id}@usher.example>`;
  await write('take', [queue, id, subject]);
  await write('begin', [id, messageId, queue, data.email, subject]);
  await transport.sendMail({ from: 'usher@usher.example', to: data.email, messageId, ...mail });
  await write('sent', [id]);
  await write('done', [queue, id]);
  channel.ack(message);
}

await channel.prefetch(connections);
await channel.consume(queue, (message) => {
  if (message) void handle(message);
});
