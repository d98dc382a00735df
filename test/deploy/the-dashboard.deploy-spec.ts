import { subscriptions, usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { eventually } from '../support/eventually.js';
import { Prometheus, PROMETHEUS_FOLDER } from '../support/prometheus.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

const { panels }: { panels: Panel[] } = JSON.parse(
  readFileSync(join(root, 'deploy/grafana/dashboard.json'), 'utf8'),
);
/** Grafana makes it four times the scrape interval at least. */
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr }) => ({
    name: `${title} ${refId}`,
    expr: expr.replaceAll('$__rate_interval', '10s'),
  })),
);
const topology = planTopology(usherMessaging, [1_000, 2_000]);
const EMAIL_QUEUES = subscriptions
  .filter(({ app }) => app === 'email-worker')
  .map(({ consumer }) => consumer);
/** Figures of queues are five seconds old, and looked at every two. */
const SEEN_WITHIN_MS = 30_000;

let stack: Stack;
let broker: TestBroker;
let prometheus: Prometheus;
let apps: Map<string, RunningApp>;

const firing = async (alert: string) =>
  (await prometheus.firing()).filter(({ alertname }) => alertname === alert);

/** A little of everything that people do. */
async function visit(): Promise<void> {
  await stack.api.signUp();
  await stack.api.request('POST', '/v1/recommendations/preview', {
    body: { interests: ['chess'] },
  });
}

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  const started = await Promise.all(appNames().map((name) => stack.start(name)));
  apps = new Map(started.map((app) => [app.name, app]));
  prometheus = await Prometheus.start(
    Object.fromEntries(started.map(({ name, metricsUrl }) => [name, [new URL(metricsUrl).host]])),
  );
});

afterAll(async () => {
  await prometheus?.stop();
  await stack?.stop();
  await broker?.deleteAll(topology);
  await broker?.close();
});

describe('a Prometheus that watches the running apps', () => {
  it('finds every one of them', async () => {
    await eventually(
      async () => (await prometheus.query('up == 1')).length === appNames().length,
      SEEN_WITHIN_MS,
    );
  });

  it('has an answer to every query of the dashboard, and each is a number', async () => {
    let unanswered: string[] = [];
    await eventually(async () => {
      await visit();
      const answers = await Promise.all(
        queries.map(async ({ name, expr }) => ({ name, samples: await prometheus.query(expr) })),
      );
      unanswered = answers
        .filter(({ samples }) => !samples.some(({ value }) => Number.isFinite(value)))
        .map(({ name }) => name);
      return unanswered.length === 0;
    }, 60_000).catch(() => undefined);
    expect(unanswered).toEqual([]);
  });

  it('has every metric that the alerts are made of', async () => {
    const rules = ['recording-rules.yml', 'alerts.yml']
      .map((file) => readFileSync(join(PROMETHEUS_FOLDER, file), 'utf8'))
      .join('\n');
    const read = new Set(rules.match(/(?<![\w:])(?:usher|http)_\w+(?![\w:])/g));
    const missing: string[] = [];
    for (const metric of read) {
      if ((await prometheus.query(metric)).length === 0) missing.push(metric);
    }
    expect(missing).toEqual([]);
  });

  it('fires no alert while all is well', async () => {
    await eventually(async () => (await prometheus.firing()).length === 0, SEEN_WITHIN_MS);
  });

  it('fires when a worker is killed: it is down, and nobody reads its queues', async () => {
    apps.get('email-worker')!.child.kill('SIGKILL');
    const alerts = await eventually(async () => {
      const orphaned = await firing('QueueWithoutConsumer');
      return orphaned.length === EMAIL_QUEUES.length && orphaned;
    }, SEEN_WITHIN_MS);
    expect(new Set(alerts.map(({ queue }) => queue))).toEqual(new Set(EMAIL_QUEUES));
    const [down, ...others] = await eventually(async () => {
      const instances = await firing('InstanceDown');
      return instances.length > 0 && instances;
    }, SEEN_WITHIN_MS);
    expect(down).toMatchObject({ job: 'email-worker' });
    expect(others).toEqual([]);
  });

  it('is calm again about its queues when the worker is back', async () => {
    await stack.start('email-worker');
    await eventually(
      async () => (await firing('QueueWithoutConsumer')).length === 0,
      SEEN_WITHIN_MS,
    );
  });
});
