import type { Channel, ChannelModel } from 'amqplib';
import { declareTopology, TopologyMismatchError } from './declare-topology.js';
import type { Binding, Topology } from './topology.js';

/** What differs between the plan and the broker. */
export interface TopologyReport {
  readonly problems: readonly { readonly entity: string; readonly problem: string }[];
  /** Bindings can be read by RabbitMQ's management API only. */
  readonly bindingsChecked: boolean;
}

const NOTHING: Topology = { exchanges: [], queues: [], bindings: [] };

/**
 * Compares the broker with the plan and changes nothing that exists. What is there is declared once more
 * with the planned arguments, since AMQP cannot read them: the refusal names the argument and both values.
 * @param managementUrl `http://user:password@host:15672`, to compare the bindings too
 */
export async function checkTopology(
  connection: ChannelModel,
  plan: Topology,
  managementUrl?: string,
): Promise<TopologyReport> {
  const problems: { entity: string; problem: string }[] = [];
  for (const exchange of plan.exchanges) {
    const one = { ...NOTHING, exchanges: [exchange] };
    const found = await compare(connection, (c) => c.checkExchange(exchange.name), one);
    if (found) problems.push({ entity: `exchange '${exchange.name}'`, problem: found });
  }
  for (const queue of plan.queues) {
    const one = { ...NOTHING, queues: [queue] };
    const found = await compare(connection, (c) => c.checkQueue(queue.name), one);
    if (found) problems.push({ entity: `queue '${queue.name}'`, problem: found });
  }
  if (managementUrl) {
    for (const binding of await missingBindings(managementUrl, plan)) {
      problems.push({
        entity: `binding ${binding.exchange} -> ${binding.queue}`,
        problem: `missing for key '${binding.key}'`,
      });
    }
  }
  return { problems, bindingsChecked: managementUrl !== undefined };
}

/** Each try on a channel of its own: a refusal closes it. */
async function compare(
  connection: ChannelModel,
  exists: (channel: Channel) => Promise<unknown>,
  declaration: Topology,
): Promise<string | undefined> {
  try {
    await onThrowAwayChannel(connection, exists);
  } catch (error) {
    if ((error as { code?: number }).code === 404) return 'missing';
    throw error;
  }
  try {
    await onThrowAwayChannel(connection, (channel) => declareTopology(channel, declaration));
    return undefined;
  } catch (error) {
    if (error instanceof TopologyMismatchError) return error.difference;
    throw error;
  }
}

async function onThrowAwayChannel(
  connection: ChannelModel,
  work: (channel: Channel) => Promise<unknown>,
) {
  const channel = await connection.createChannel();
  let closed = false;
  channel.on('error', () => undefined); // The rejected call tells the reason.
  channel.once('close', () => (closed = true));
  try {
    await work(channel);
  } finally {
    if (!closed) await channel.close();
  }
}

async function missingBindings(managementUrl: string, { bindings }: Topology): Promise<Binding[]> {
  const url = new URL('/api/bindings', managementUrl);
  const { username, password } = url;
  url.username = url.password = '';
  const credentials = Buffer.from(
    `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
  ).toString('base64');
  const response = await fetch(url, { headers: { authorization: `Basic ${credentials}` } });
  if (!response.ok) throw new Error(`the management API answered ${response.status}`);
  const existing = (await response.json()) as {
    source: string;
    destination: string;
    routing_key: string;
  }[];
  const known = new Set(existing.map((b) => `${b.source} ${b.destination} ${b.routing_key}`));
  return bindings.filter(({ exchange, queue, key }) => !known.has(`${exchange} ${queue} ${key}`));
}
