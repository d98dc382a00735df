import { CATALOGUE, previewRecommendations, userRegistered, usherMessaging } from '#libs/contracts';
import type { Database } from '#libs/database';
import { createEvent, eventMessage, RequestClient, sendHint } from '#libs/messaging';
import { connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startApp } from '../../../tools/embedded-stack/src/apps.js';
import { eventually } from '../../support/eventually.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { percentiles, type Percentiles } from '../../support/percentiles.js';
import { someInterests } from './generated-catalogue.js';

/** Of the real worker as a process. Times in milliseconds, memory in MB. */
export interface WorkerResult {
  readonly rssSteady: number;
  /** The highest while an index is built and takes the place of the old one. */
  readonly rssWhileRebuilding: number;
  readonly rebuild: number;
  /** From the hint until 10,000 changed items are ranked by. */
  readonly changesVisible: number;
  /** Over the broker, there and back. */
  readonly preview: Percentiles;
  readonly previewWhileRebuilding: Percentiles;
  /** From a sign-up's event to its acknowledged list. */
  readonly handled: Percentiles;
  readonly handledWhileRebuilding: Percentiles;
}

const EVENTS_PER_SECOND = 20;
const SETTLE_MS = 5_000;
const QUIET_PHASE_MS = 10_000;
const START_TIMEOUT_MS = 120_000;
const CHANGES = 10_000;

/** Lets the recommendation worker run on this catalogue, quiet, then while its index is built anew. */
export async function benchWorker(
  database: Database,
  urls: { DATABASE_URL: string; RABBITMQ_URL: string },
): Promise<WorkerResult> {
  const worker = await startApp('recommendation-worker', { ...urls, LOG_LEVEL: 'warn' });
  const broker = await connect(urls.RABBITMQ_URL);
  const channel = await broker.createChannel();
  const client = new RequestClient(usherMessaging, [urls.RABBITMQ_URL], 'bench');
  client.start();
  const random = new SeededRandom(9);
  const question = () => ({ interests: someInterests(random), locale: 'en' as const, limit: 20 });

  const rss = async () => {
    const status = await readFile(`/proc/${worker.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024;
  };
  const version = async () => {
    const text = await (await fetch(`${worker.metricsUrl}/metrics`)).text();
    return Number(/^usher_catalogue_version(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
  };
  const publish = () => {
    const userId = randomUUID();
    const { interests, locale } = question();
    const person = { userId, email: `${userId}@example.com`, displayName: 'Bench', locale };
    const data = { ...person, interests: [...new Set(interests)], interestsVersion: 1 };
    const about = { source: 'bench', subject: userId, correlationId: userId };
    const event = createEvent(userRegistered, data, about);
    const { content, properties } = eventMessage(event, usherMessaging.names.events, event.type);
    channel.sendToQueue('recommendation-worker.compute-recommendations', content, properties);
    return { id: event.id, at: Date.parse(event.time) };
  };

  /** Sign-ups and previews at a steady rate for as long as `isOn`. */
  const load = async (isOn: () => boolean) => {
    const sent: { id: string; at: number }[] = [];
    const previews: number[] = [];
    let peak = 0;
    while (isOn()) {
      sent.push(publish());
      const startedAt = performance.now();
      await client.ask(previewRecommendations, question()).catch(() => undefined);
      previews.push(performance.now() - startedAt);
      peak = Math.max(peak, await rss());
      await delay(1_000 / EVENTS_PER_SECOND);
    }
    const handled = await eventually(() => handledTimes(database, sent), 60_000);
    return { handled: percentiles(handled), preview: percentiles(previews), peak };
  };

  /** Makes this many items new to the worker, and tells it; resolves when it ranks by them. */
  const change = async (items: number) => {
    const before = await version();
    await database.query(
      `WITH catalogue AS (UPDATE recommendation.catalogue SET version = version + 1 RETURNING version)
       UPDATE recommendation.items SET version = catalogue.version
         FROM catalogue WHERE id IN (SELECT id FROM recommendation.items LIMIT $1)`,
      [items],
    );
    const startedAt = performance.now();
    await sendHint(usherMessaging, broker, CATALOGUE, {});
    await eventually(async () => (await version()) > before, START_TIMEOUT_MS);
    return performance.now() - startedAt;
  };

  try {
    await eventually(async () => (await version()) > 0 && client.isActive, START_TIMEOUT_MS);
    await delay(SETTLE_MS);
    const until = Date.now() + QUIET_PHASE_MS;
    const quiet = await load(() => Date.now() < until);
    const rssSteady = await rss();
    let isRebuilding = true;
    const [busy, rebuild] = await Promise.all([
      load(() => isRebuilding),
      change(CHANGES + 1).finally(() => (isRebuilding = false)),
    ]);
    const changesVisible = await change(CHANGES);
    return {
      rssSteady: Math.round(rssSteady),
      rssWhileRebuilding: Math.round(busy.peak),
      rebuild: Math.round(rebuild),
      changesVisible: Math.round(changesVisible),
      preview: quiet.preview,
      previewWhileRebuilding: busy.preview,
      handled: quiet.handled,
      handledWhileRebuilding: busy.handled,
    };
  } finally {
    await client.stop();
    await broker.close();
    await worker.child.stop();
  }
}

/** Undefined as long as one is not done. */
async function handledTimes(
  database: Database,
  sent: readonly { id: string; at: number }[],
): Promise<number[] | undefined> {
  const rows = await database.query<{ id: string; at: Date }>(
    `SELECT event_id AS id, completed_at AS at FROM messaging.deliveries
      WHERE event_id = ANY ($1::uuid[]) AND status = 'done'`,
    [sent.map(({ id }) => id)],
  );
  if (rows.length < sent.length) return undefined;
  const sentAt = new Map(sent.map(({ id, at }) => [id, at]));
  return rows.map(({ id, at }) => at.getTime() - sentAt.get(id)!);
}
