import {
  checkTopology,
  declareTopology,
  defineEvent,
  defineSubscription,
  Messaging,
  planTopology,
} from '#libs/messaging';
import { parseDuration } from '#libs/service-defaults';
import { connect } from 'amqplib';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { round } from '../measuring/statistics.js';

/** Seconds. */
export interface TopologyTimes {
  readonly declared: number;
  readonly checked: number;
}

const CONSUMERS = 60;
/** Of three consumers one sends something; the effects of the others are in the database alone. */
const EXTERNAL_EVERY = 3;
const RETRY_DELAYS_MS = ['1s', '10s', '1m', '10m'].map((text) => parseDuration(text)!);

/** How long the topology of an application with 60 consumers takes: where nothing is, and where all of it is. */
export async function topologyTimes(brokerUrl: string): Promise<TopologyTimes> {
  const messaging = largeApplication(`bench${randomBytes(4).toString('hex')}`);
  const topology = planTopology(messaging, RETRY_DELAYS_MS);
  const model = await connect(brokerUrl);
  try {
    const channel = await model.createChannel();
    const declared = await seconds(() => declareTopology(channel, topology));
    const checked = await seconds(async () => {
      const { problems } = await checkTopology(model, topology);
      if (problems.length > 0) throw new Error(problems[0]!.problem);
    });
    for (const { name } of topology.queues) await channel.deleteQueue(name);
    for (const { name } of topology.exchanges) await channel.deleteExchange(name);
    return { declared, checked };
  } finally {
    await model.close();
  }
}

function largeApplication(prefix: string): Messaging {
  const event = defineEvent('order.placed.v1', z.object({}), { prefix });
  return new Messaging({
    prefix,
    events: [event],
    subscriptions: Array.from({ length: CONSUMERS }, (_, i) =>
      defineSubscription(event, {
        consumer: `worker.handle-${wordOf(i)}`,
        retries: i % EXTERNAL_EVERY === 0 ? 'standard' : 'short',
      }),
    ),
  });
}

/** A consumer's name has no digits. */
const wordOf = (i: number) => String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26));

async function seconds(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return round((performance.now() - startedAt) / 1_000);
}
