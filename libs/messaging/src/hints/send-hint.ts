import type { ChannelModel } from 'amqplib';
import { ensureTopology } from '../routing/ensure-topology.js';
import type { HintExchange } from '../routing/names.js';
import { hintExchanges } from '../routing/topology.js';

/** Sends one hint for a program that has nothing else to say, as a command line; see {@link Hints}. */
export async function sendHint(
  connection: ChannelModel,
  exchange: HintExchange,
  body: object,
): Promise<void> {
  await ensureTopology(connection, { exchanges: hintExchanges, queues: [], bindings: [] });
  const channel = await connection.createChannel();
  channel.publish(exchange, '', hintContent(body), HINT_PROPERTIES);
  await channel.close();
}

export const HINT_PROPERTIES = { contentType: 'application/json' };

export const hintContent = (body: object): Buffer => Buffer.from(JSON.stringify(body));
