import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { readFileSync } from 'node:fs';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/prometheus-text.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const EMAIL_QUEUE = 'email-worker.send-welcome-email';
const SIGN_UPS = 8;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
let api: RunningApp;
let emailWorker: RunningApp;
let others: RunningApp[];

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ RATE_LIMIT_SIGNUP: `${SIGN_UPS}/10m` });
  [api, emailWorker, ...others] = await Promise.all([
    stack.start('api'),
    // So that it counts how long mails wait for their rate.
    stack.start('email-worker', { MAIL_RATE: '1000/1s' }),
    stack.start('recommendation-worker'),
    stack.start('notification-worker'),
  ]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const ofApi = () => Scrape.of(api.metricsUrl);
const ofEmailWorker = () => Scrape.of(emailWorker.metricsUrl);

const onboarded = (token: string) =>
  eventually(async () => (await stack.api.get('/v1/me/onboarding', token)).body.complete);

describe('before anything has happened', () => {
  it('counters that alerts are about are zero, not absent', async () => {
    const [atApi, atWorker] = await Promise.all([ofApi(), ofEmailWorker()]);
    expect(atApi.value('usher_signups_total', { outcome: 'rate_limited' })).toBe(0);
    expect(atApi.value('usher_rpc_deadline_missed_total')).toBe(0);
    expect(atWorker.value('usher_email_possible_duplicates_total')).toBe(0);
    const dead = { consumer: EMAIL_QUEUE, outcome: 'dead_lettered' };
    expect(atWorker.value('usher_deliveries_total', dead)).toBe(0);
  });
});

describe('a sign-up', () => {
  it('is measured from the request to every step done', async () => {
    const { body } = await stack.api.signUp();
    await onboarded(body.session.token);
    const [atApi, atEmail, ...atOthers] = await Promise.all(
      [api, emailWorker, ...others].map(({ metricsUrl }) => Scrape.of(metricsUrl)),
    );
    expect(atApi!.value('usher_signups_total', { outcome: 'accepted' })).toBe(1);
    const published = { type: 'user.registered.v1', outcome: 'confirmed' };
    expect(atApi!.value('usher_published_total', published)).toBe(1);
    expect(atApi!.value('usher_publish_confirm_seconds_count')).toBe(1);
    expect(atApi!.value('usher_outbox_pending')).toBe(0);
    const done = { consumer: EMAIL_QUEUE, outcome: 'done' };
    expect(atEmail!.value('usher_deliveries_total', done)).toBe(1);
    expect(atEmail!.value('usher_in_flight', { consumer: EMAIL_QUEUE })).toBe(0);
    expect(atEmail!.value('usher_emails_sent_total', { template: 'welcome' })).toBe(1);
    const steps = [atEmail!, ...atOthers].flatMap(({ samples }) =>
      samples.filter(({ name }) => name === 'usher_onboarding_step_seconds_count'),
    );
    expect(steps.map(({ labels, value }) => [labels['step'], value]).toSorted()).toEqual([
      ['getting-started-guide', 1],
      ['recommendations', 1],
      ['welcome-email', 1],
    ]);
  });

  it('is counted by its outcome, however early it was refused', async () => {
    const before = await ofApi();
    const body = signUpBody();
    const key = { 'idempotency-key': 'a-key-of-the-metrics-test' };
    await stack.api.request('POST', '/v1/signups', { body, headers: key });
    await stack.api.request('POST', '/v1/signups', { body, headers: key });
    await stack.api.request('POST', '/v1/signups', { body: { ...body, password: 'short' } });
    await stack.api.request('POST', '/v1/signups', { body });
    await stack.api.request('POST', '/v1/signups', { body: '{' });
    const foreign = { 'sec-fetch-site': 'cross-site' };
    await stack.api.request('POST', '/v1/signups', { body, headers: foreign });
    const answers: number[] = [];
    for (let i = 0; i < SIGN_UPS; i++) {
      const asking = stack.api.request('POST', '/v1/signups', { body: signUpBody() });
      answers.push((await asking).status);
    }
    expect(answers).toContain(503);
    const after = await ofApi();
    const counted = (outcome: string) =>
      (after.value('usher_signups_total', { outcome }) ?? 0) -
      (before.value('usher_signups_total', { outcome }) ?? 0);
    const count = (status: number) => answers.filter((answer) => answer === status).length;
    expect(counted('accepted')).toBe(1 + count(201));
    expect(counted('replayed')).toBe(1);
    expect(counted('validation_failed')).toBe(1);
    expect(counted('email_taken')).toBe(1);
    expect(counted('malformed_json')).toBe(1);
    expect(counted('cross_origin')).toBe(1);
    expect(counted('queued')).toBe(count(503));
  });
});

describe('a request', () => {
  it('is measured under the template of its route, whatever is in its path', async () => {
    await stack.api.request('DELETE', '/v1/sessions/0197a3b0-0000-7000-8000-000000000001');
    await stack.api.request('DELETE', '/v1/sessions/0197a3b0-0000-7000-8000-000000000002');
    const scrape = await ofApi();
    const route = { route: '/v1/sessions/:id', status: '401' };
    expect(scrape.value('http_request_duration_seconds_count', route)).toBe(2);
  });

  it('that no route is for shares one label with all of its kind', async () => {
    for (const path of ['/wp-login.php', '/v1/nothing', '/v1/sessions/1/2/3', '/%7B*path%7D'])
      await stack.api.get(path);
    const scrape = await ofApi();
    const none = { route: 'none', status: '404' };
    expect(scrape.value('http_request_duration_seconds_count', none)).toBe(4);
    const routes = scrape.valuesOf('http_request_duration_seconds_count', 'route');
    expect(routes.filter((route) => !/^(none|\/|(\/:?[a-z][a-z0-9-]*)+)$/i.test(route))).toEqual(
      [],
    );
  });
});

describe('a message of a type that nobody has declared', () => {
  it('is dead-lettered without becoming a label', async () => {
    const type = 'made.up.v9';
    broker.channel.sendToQueue(EMAIL_QUEUE, Buffer.from(JSON.stringify({ type })), { type });
    const dead = { consumer: EMAIL_QUEUE, outcome: 'dead_lettered' };
    const scrape = await eventually(async () => {
      const current = await ofEmailWorker();
      return current.value('usher_deliveries_total', dead) === 1 && current;
    });
    const other = { type: 'other', outcome: 'confirmed' };
    expect(scrape.value('usher_published_total', other)).toBe(1);
    expect(scrape.valuesOf('usher_published_total', 'type')).not.toContain(type);
  });

  it('is seen among the dead letters of its queue', async () => {
    await eventually(async () => {
      const scrape = await ofApi();
      return scrape.value('usher_queue_messages', { queue: `${EMAIL_QUEUE}.dlq` }) === 1;
    });
  });
});

describe('a scheduled event', () => {
  it('waits among the pending ones, and is measured from the moment when it was due', async () => {
    const scheduled = (await ofApi()).value('usher_scheduled_pending');
    expect(scheduled).toBeGreaterThan(0);
    await stack.database.query('UPDATE messaging.scheduled SET due_at = messaging.now()');
    const scrape = await eventually(async () => {
      const current = await ofApi();
      return current.value('usher_scheduled_pending') === 0 && current;
    });
    expect(scrape.value('usher_scheduled_overdue_seconds')).toBe(0);
    expect(scrape.value('usher_scheduled_late_seconds_count')).toBe(scheduled);
  });
});

describe('docs/observability.md', () => {
  it('lists every metric with its kind and labels, and no other', async () => {
    const scrapes = await Promise.all(
      [api, emailWorker, ...others].map(({ metricsUrl }) => Scrape.of(metricsUrl)),
    );
    const served = scrapes.flatMap((scrape) =>
      [...scrape.kinds]
        .filter(([name]) => name !== 'target_info')
        .map(([name, kind]) => `${name}{${scrape.labelsOf(name).join(',')}} ${kind}`),
    );
    const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
    const table = page.split('\n## Metrics\n')[1]!.split('\n## ')[0]!;
    const listed = [...table.matchAll(/^\| `(\w+)(?:\{([\w,]+)\})?` +\| (\w+) /gm)].map(
      ([, name, labels = '', kind]) => `${name}{${labels.split(',').toSorted().join(',')}} ${kind}`,
    );
    expect(listed.toSorted()).toEqual([...new Set(served)].toSorted());
  });
});

describe('a worker that is stopped', () => {
  it('leaves a queue without consumers, of which the messages are counted', async () => {
    const at = { queue: EMAIL_QUEUE };
    expect((await ofApi()).value('usher_queue_consumers', at)).toBe(1);
    await emailWorker.child.stop();
    await eventually(async () => (await ofApi()).value('usher_queue_consumers', at) === 0);
    expect((await ofApi()).value('usher_queue_consumers', { queue: `${EMAIL_QUEUE}.dlq` })).toBe(
      undefined,
    );
  });
});
