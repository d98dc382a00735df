import type { ChannelModel } from 'amqplib';
import { ensureTopology } from '../routing/ensure-topology.js';
import type { Messaging } from '../contract/messaging.js';
import { hintExchanges } from '../routing/topology.js';

/** Sends one hint for a program that has nothing else to say, as a command line; see {@link Hints}. */
export async function sendHint(
  messaging: Messaging,
  connection: ChannelModel,
  topic: string,
  body: object,
): Promise<void> {
  const exchange = hintExchangeOf(messaging, topic);
  await ensureTopology(connection, hintExchanges(messaging));
  const channel = await connection.createChannel();
  channel.publish(exchange, '', hintContent(body), HINT_PROPERTIES);
  await channel.close();
}

/** Of every hint. */
export const HINT_PROPERTIES = { contentType: 'application/json' };

/** A hint as it travels. */
export const hintContent = (body: object): Buffer => Buffer.from(JSON.stringify(body));

/** @throws Error when the application has no such topic */
export function hintExchangeOf({ names, hintTopics }: Messaging, topic: string): string {
  if (!hintTopics.includes(topic)) throw new Error(`'${topic}' is not among the hint topics`);
  return names.hints(topic);
}
