import { tipsDue, userRegistered, usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { ApiClient, PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const APPS = appNames();
const EMAIL_QUEUE = 'email-worker.send-welcome-email';
const TIPS_QUEUE = 'email-worker.send-tips';
const ROUTING_KEY = 'messaging.rabbitmq.destination.routing_key';
const OPS_TOKEN = 'a-token-of-the-operators';
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let receiver: OtlpReceiver;
let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  receiver = await OtlpReceiver.start();
  stack = await prepareStack({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OPS_TOKEN,
  });
  await Promise.all(APPS.map((name) => stack.start(name)));
});

afterAll(async () => {
  await stack.stop();
  await receiver.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const onboarded = (token: string) =>
  eventually(async () => (await stack.api.get('/v1/me/onboarding', token)).body.complete);

/** The trace of a sign-up's request, once `isWhole` says that all of it has come. */
const traceOf = async (userId: string, isWhole: (spans: ReceivedSpan[]) => boolean) => {
  const [row] = await stack.database.query<{ traceparent: string }>(
    'SELECT traceparent FROM messaging.outbox WHERE subject = $1',
    [userId],
  );
  const traceId = row!.traceparent.split('-')[1]!;
  return eventually(() => {
    const spans = receiver.trace(traceId);
    return isWhole(spans) && spans;
  });
};

const named = (spans: ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
const request = (spans: ReceivedSpan[]) => named(spans, 'POST /v1/signups')[0]!;

/** The spans from one up to the first of its trace. */
function wayUp(spans: ReceivedSpan[], from: ReceivedSpan): ReceivedSpan[] {
  const parent = spans.find(({ spanId }) => spanId === from.parentSpanId);
  return parent ? [from, ...wayUp(spans, parent)] : [from];
}

const CONSUMERS = usherMessaging.consumersOf(userRegistered.type).length;
const whole = (spans: ReceivedSpan[]) =>
  spans.filter(({ kind }) => kind === 'consumer').length === CONSUMERS &&
  request(spans) !== undefined;

describe('a sign-up', () => {
  it('is one trace through the API, the relay and three workers, down to SMTP and SQL', async () => {
    const { body } = await stack.api.signUp();
    await onboarded(body.session.token);
    const spans = await traceOf(body.user.id, whole);
    expect([...new Set(spans.map(({ service }) => service))].toSorted()).toEqual(APPS.toSorted());
    expect(request(spans)).toMatchObject({
      service: 'api',
      kind: 'server',
      parentSpanId: undefined,
      attributes: { 'http.route': '/v1/signups', 'http.response.status_code': 201 },
    });
    expect(named(spans, 'publish usher.events')).toMatchObject([
      {
        service: 'api',
        kind: 'producer',
        attributes: {
          'messaging.system': 'rabbitmq',
          'messaging.destination.name': 'usher.events',
          'messaging.rabbitmq.destination.routing_key': 'user.registered.v1',
          'messaging.operation.type': 'send',
        },
      },
    ]);
    const [mail] = named(spans, 'SMTP send');
    expect(wayUp(spans, mail!).map(({ name }) => name)).toEqual([
      'SMTP send',
      `process ${EMAIL_QUEUE}`,
      'publish usher.events',
      'POST /v1/signups',
    ]);
    const [guide] = named(spans, 'INSERT messaging.deliveries INSERT notification.notifications');
    expect(guide).toMatchObject({ kind: 'client', attributes: { 'db.system.name': 'postgresql' } });
    expect(wayUp(spans, guide!).at(-1)).toBe(request(spans));
    const [outbox] = named(spans, 'INSERT messaging.outbox');
    expect(wayUp(spans, outbox!).at(-1)).toBe(request(spans));
  });

  it('joins the trace of whoever calls, and ignores a traceparent that makes no sense', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const joined = await stack.api.signUp({}, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    const spans = await traceOf(joined.body.user.id, (all) => request(all) !== undefined);
    expect(request(spans)).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
    const odd = await stack.api.signUp({}, { traceparent: 'no-trace-at-all' });
    const others = await traceOf(odd.body.user.id, (all) => request(all) !== undefined);
    expect(request(others).parentSpanId).toBeUndefined();
  });

  it('whose mail is refused for now keeps its trace through the retry', async () => {
    const body = signUpBody();
    let refusals = 0;
    stack.smtp.rule = (address) => (address === body.email && refusals++ < 1 ? 451 : undefined);
    const { body: answer } = await stack.api.signUp(body);
    await onboarded(answer.session.token);
    const attempts = (all: ReceivedSpan[]) => named(all, `process ${EMAIL_QUEUE}`);
    const spans = await traceOf(answer.user.id, (all) => attempts(all).length === 2);
    expect(
      attempts(spans)
        .map(({ attributes, failed }) => [attributes['usher.outcome'], failed])
        .toSorted(),
    ).toEqual([
      ['deferred', true],
      ['done', false],
    ]);
    const second = attempts(spans).find(({ failed }) => !failed)!;
    expect(wayUp(spans, second).map(({ name }) => name)).toEqual([
      `process ${EMAIL_QUEUE}`,
      // "Later" is a minute at least: the longest delay there is.
      `publish ${EMAIL_QUEUE}.retry.2s`,
      `process ${EMAIL_QUEUE}`,
      'publish usher.events',
      'POST /v1/signups',
    ]);
  });
});

/** One more API beside the others, with settings of its own. */
async function startAnotherApi(env: Record<string, string>) {
  const port = await freePort();
  const app = await stack.start('api', { HTTP_PORT: String(port), ...env });
  return { app, api: new ApiClient(`http://127.0.0.1:${port}`) };
}

describe('a private sign-up', () => {
  it('keeps its trace although the account is made after the answer', async () => {
    const { app, api } = await startAnotherApi({ SIGNUP_MODE: 'private' });
    const body = signUpBody();
    expect((await api.signUp(body)).status).toBe(202);
    const user = await eventually(async () => {
      const [row] = await stack.database.query<{ id: string }>(
        'SELECT id FROM accounts.users WHERE email = $1',
        [body.email],
      );
      return row;
    });
    const spans = await traceOf(user.id, whole);
    const [deferred] = named(spans, 'deferred sign-up');
    expect(wayUp(spans, deferred!).at(-1)).toMatchObject({ name: 'POST /v1/signups' });
    await app.child.stop();
  });
});

describe('a receiver that never answers', () => {
  it('holds up no sign-up, and no stop', async () => {
    let asked = 0;
    const silent = createServer(() => void asked++);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { app, api } = await startAnotherApi({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    await api.signUp();
    await eventually(() => asked > 0);
    const { status, body } = await api.signUp();
    expect(status).toBe(201);
    await onboarded(body.session.token);
    const exit = new Promise((resolve) => app.child.onExit(resolve));
    app.child.kill('SIGTERM');
    await expect(exit).resolves.toBe('exit code 0');
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe('a receiver that is away', () => {
  it('loses no sign-up, and the log says that spans are lost', async () => {
    const { app, api } = await startAnotherApi({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      // How long a batch is tried.
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    const { status, body } = await api.signUp();
    expect(status).toBe(201);
    await onboarded(body.session.token);
    await eventually(() => app.child.lastLines.includes('spans are not sent'));
    await app.child.stop();
  });
});

describe('a dead letter that an operator sends back', () => {
  it('is handled in a new trace that is linked to the original', async () => {
    const body = signUpBody();
    stack.smtp.rule = (address) => (address === body.email ? 550 : undefined);
    const { body: answer } = await stack.api.signUp(body);
    const dead = await eventually(async () => {
      const { body: letters } = await stack.api.get('/v1/ops/dead-letters', OPS_TOKEN);
      return letters.items.find((letter: { queue: string }) => letter.queue === EMAIL_QUEUE);
    });
    stack.smtp.rule = () => undefined;
    await stack.api.request('POST', '/v1/ops/dead-letters/replay', {
      body: { ids: [dead.id], operator: 'ada' },
      token: OPS_TOKEN,
    });
    await onboarded(answer.session.token);
    const [original] = await traceOf(answer.user.id, (all) => request(all) !== undefined);
    const replayed = await eventually(() =>
      receiver.spans.find(({ links }) => links.includes(original!.traceId)),
    );
    expect(replayed).toMatchObject({ service: 'email-worker', name: `process ${EMAIL_QUEUE}` });
    expect(replayed.traceId).not.toBe(original!.traceId);
  });
});

describe('an event that was scheduled', () => {
  it('is handled in a new trace that is linked to the one in which it was scheduled', async () => {
    const { body } = await stack.api.signUp();
    await onboarded(body.session.token);
    const [original] = await traceOf(body.user.id, whole);
    await stack.database.query(
      'UPDATE messaging.scheduled SET due_at = messaging.now() WHERE subject = $1',
      [body.user.id],
    );
    const handled = await eventually(() =>
      receiver.spans.find(({ links }) => links.includes(original!.traceId)),
    );
    expect(handled).toMatchObject({ service: 'email-worker', name: `process ${TIPS_QUEUE}` });
    expect(handled.traceId).not.toBe(original!.traceId);
    const ofIt = await eventually(() => {
      const spans = receiver.trace(handled.traceId);
      return named(spans, 'publish usher.events').length > 0 && spans;
    });
    expect(wayUp(ofIt, handled).map(({ name }) => name)).toEqual([
      `process ${TIPS_QUEUE}`,
      'publish usher.events',
    ]);
  });
});

describe('a preview', () => {
  it('is one trace of the API and the worker that answers', async () => {
    await eventually(async () => {
      const preview = { body: { interests: ['databases'] } };
      const { body } = await stack.api.request('POST', '/v1/recommendations/preview', preview);
      return body.fallback !== 'popular';
    });
    const answered = await eventually(() =>
      receiver.spans.find(({ name }) => name === 'process recommendation-worker.preview'),
    );
    const spans = await eventually(() => {
      const all = receiver.trace(answered.traceId);
      return all.some(({ name }) => name === 'POST /v1/recommendations/preview') && all;
    });
    expect(wayUp(spans, answered).at(-1)).toMatchObject({ service: 'api', kind: 'server' });
    const sent = receiver.spans.flatMap(({ kind, name }) => (kind === 'producer' ? [name] : []));
    expect(sent.filter((name) => name.includes('amq.'))).toEqual([]);
    expect(sent).toContain('publish (temporary)');
  });
});

describe('what is sent to the receiver', () => {
  it('names no address, no password, no token and no path', async () => {
    const body = signUpBody();
    const { body: answer } = await stack.api.signUp(body);
    await onboarded(answer.session.token);
    await stack.api.get(`/v1/${body.email}`);
    await traceOf(answer.user.id, whole);
    for (const secret of [body.email, '@example.com', PASSWORD, answer.session.token, OPS_TOKEN]) {
      expect(receiver.raw).not.toContain(secret);
    }
  });

  it('has no traces but of requests, and of what was scheduled', () => {
    const roots = receiver.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    const others = roots.filter(({ kind }) => kind !== 'server');
    const keys = new Set(others.map(({ attributes }) => attributes[ROUTING_KEY]));
    expect([...keys]).toEqual([tipsDue.type]);
  });
});
