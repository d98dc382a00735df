import type { ChannelModel } from 'amqplib';
import type { HintExchange } from '../routing/names.js';

/** Sends one hint for a program that has nothing else to say, as a command line; see {@link Hints}. */
export async function sendHint(
  connection: ChannelModel,
  exchange: HintExchange,
  body: object,
): Promise<void> {
  const channel = await connection.createChannel();
  await channel.assertExchange(exchange, 'fanout', { durable: true });
  channel.publish(exchange, '', hintContent(body), HINT_PROPERTIES);
  await channel.close();
}

export const HINT_PROPERTIES = { contentType: 'application/json' };

export const hintContent = (body: object): Buffer => Buffer.from(JSON.stringify(body));
