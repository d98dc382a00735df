import { subscriptions, userRegistered, usherMessaging } from '#libs/contracts';
import { signLinkToken } from '#libs/link-tokens';
import { planTopology } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { appNames } from '../../tools/start/src/app-command.js';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { nextToken } from '../support/mail-links.js';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const APPS = appNames();
const CONSUMERS = subscriptions.filter(({ events }) =>
  events.some(({ type }) => type === userRegistered.type),
);
const NEW_PASSWORD = 'another long and secret one';
const SIGNING_KEY = 'a-signing-key-that-nobody-may-ever-see';
/** For what is tried again, on a machine that is busy. */
const SLOW_MS = 60_000;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

type Line = Record<string, unknown> & { req?: { method: string; url: string } };

let receiver: OtlpReceiver;
let stack: Stack;
let broker: TestBroker;
/** All that all apps have written. */
let output = '';

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  receiver = await OtlpReceiver.start();
  stack = await prepareStack({
    LINK_SIGNING_KEY: SIGNING_KEY,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  await Promise.all(APPS.map((name) => stack.start(name, {}, (line) => (output += `${line}\n`))));
});

afterAll(async () => {
  await stack.stop();
  await receiver.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const lines = (): Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

const linesOf = (correlationId: string) =>
  lines().filter((line) => line['correlationId'] === correlationId);

const onboarded = (token: string) =>
  eventually(async () => (await stack.api.get('/v1/me/onboarding', token)).body.complete);

describe('a request that cannot be read', () => {
  it('is answered with its id, and has its line', async () => {
    const { status, headers } = await stack.api.request('POST', '/v1/signups', {
      body: '{"email": ',
    });
    expect(status).toBe(400);
    const id = headers.get('x-request-id')!;
    const [line] = await eventually(() => linesOf(id).length === 1 && linesOf(id));
    expect(line).toMatchObject({ msg: 'POST /v1/signups 400', durationMs: expect.any(Number) });
  });
});

describe('a link that ends mails', () => {
  it('has a line without its token', async () => {
    const token = await signLinkToken(
      SIGNING_KEY,
      'unsubscribe',
      { userId: randomUUID() },
      new Date(),
    );
    const { headers } = await stack.api.get(`/unsubscribe/${token}`);
    const id = headers.get('x-request-id')!;
    const [line] = await eventually(() => linesOf(id).length === 1 && linesOf(id));
    expect(line).toMatchObject({ msg: 'GET /unsubscribe/[token] 400' });
    expect(output).not.toContain(token);
    expect(output).not.toContain(token.split('.')[2]!);
  });
});

describe('a sign-up', () => {
  const id = 'the-request-of-mei';
  let email: string;
  let userId: string;

  beforeAll(async () => {
    const body = signUpBody();
    email = body.email;
    const { body: answer } = await stack.api.request('POST', '/v1/signups', {
      body,
      headers: { 'x-request-id': id },
    });
    userId = answer.user.id;
    await onboarded(answer.session.token);
    await eventually(() => linesOf(id).length > CONSUMERS.length);
  });

  it('is one line at the API and one for each consumer, under one correlation id', () => {
    expect(
      linesOf(id)
        .map(({ service, msg }) => `${String(service)}: ${String(msg)}`)
        .toSorted(),
    ).toEqual(
      [
        'api: POST /v1/signups 201',
        ...CONSUMERS.map(({ app }) => `${app}: event handled`),
      ].toSorted(),
    );
  });

  it('tells of each event the same fields', () => {
    const handled = linesOf(id).filter(({ msg }) => msg === 'event handled');
    for (const line of handled) {
      expect(line).toMatchObject({
        level: 'info',
        eventType: 'user.registered.v1',
        attempt: 1,
        userId,
        outcome: 'done',
      });
      expect(line['queue']).toMatch(/^[a-z-]+\.[a-z-]+$/);
      expect(line['eventId']).toMatch(/^[0-9a-f-]{36}$/);
      expect(line['durationMs']).toEqual(expect.any(Number));
    }
  });

  it('names its trace in every line', async () => {
    const [row] = await stack.database.query<{ traceparent: string }>(
      'SELECT traceparent FROM messaging.outbox WHERE subject = $1',
      [userId],
    );
    const traces = new Set(linesOf(id).map((line) => line['trace_id']));
    expect([...traces]).toEqual([row!.traceparent.split('-')[1]]);
  });

  it('gives its correlation id to the mail', () => {
    expect(stack.smtp.to(email)[0]!.raw).toMatch(new RegExp(`^X-Correlation-ID: ${id}\\r$`, 'm'));
  });
});

describe('a request', () => {
  it('is one line with its status, its time, and whose session it came with', async () => {
    const { body } = await stack.api.signUp();
    const headers = { 'x-request-id': 'a-look-at-me' };
    await stack.api.request('GET', '/v1/me?token=nobody-else', {
      token: body.session.token,
      headers,
    });
    const [line, ...others] = await eventually(() => {
      const found = linesOf('a-look-at-me');
      return found.length > 0 && found;
    });
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      msg: 'GET /v1/me 200',
      req: { method: 'GET', url: '/v1/me' },
      res: { statusCode: 200 },
      durationMs: expect.any(Number),
      userId: body.user.id,
    });
  });

  it.each([
    ['too long', 'x'.repeat(65)],
    ['with characters that mean something elsewhere', 'a b"c'],
    ['empty', ''],
  ])('whose id is %s gets one of ours', async (_, given) => {
    const { headers } = await stack.api.request('GET', '/v1/interests', {
      headers: { 'x-request-id': given },
    });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('what is secret or personal', () => {
  it(
    'is in no line, whatever goes wrong',
    async () => {
      const body = signUpBody();
      const failing = signUpBody();
      stack.smtp.rule = (address) => (address === failing.email ? 550 : undefined);
      const { body: signedUp } = await stack.api.request('POST', '/v1/signups', { body });
      await stack.api.request('POST', '/v1/signups', { body });
      await stack.api.request('POST', '/v1/signups', { body: failing });
      const verification = await nextToken(stack.smtp, body.email, 'verify-email');
      await stack.api.request('POST', '/v1/email-verifications', { body: { token: verification } });
      const credentials = { email: body.email, password: PASSWORD };
      const { body: loggedIn, headers } = await stack.api.request('POST', '/v1/sessions', {
        body: credentials,
      });
      await stack.api.request('POST', '/v1/sessions', {
        body: { ...credentials, password: NEW_PASSWORD },
      });
      await stack.api.request('POST', '/v1/password-resets', { body: { email: body.email } });
      const reset = await nextToken(stack.smtp, body.email, 'reset-password');
      await stack.api.request('POST', '/v1/password-resets/confirm', {
        body: { token: reset, password: NEW_PASSWORD },
      });
      // A defect, in the middle of the statement that has it all.
      await stack.database.query('ALTER TABLE accounts.users RENAME COLUMN locale TO language');
      const defect = await stack.api.signUp({}, { 'x-request-id': 'a-defect' });
      await stack.database.query('ALTER TABLE accounts.users RENAME COLUMN language TO locale');
      expect(defect.status).toBe(500);
      await eventually(() => output.includes('event dead-lettered'), SLOW_MS);
      await eventually(() => output.includes('does not exist'));
      expect(lines().filter(({ level }) => level === 'error').length).toBeGreaterThanOrEqual(2);
      const cookie = /usher_session=([^;]+)/.exec(headers.get('set-cookie') ?? '')![1]!;
      const secrets = [
        PASSWORD,
        NEW_PASSWORD,
        SIGNING_KEY,
        '$argon2id$',
        '@example.com',
        signedUp.session.token,
        loggedIn.session.token,
        cookie,
        verification,
        reset,
      ];
      expect(secrets.filter((secret) => !secret || output.includes(secret))).toEqual([]);
    },
    2 * SLOW_MS,
  );
});

describe('LOG_FORMAT=pretty', () => {
  it('is text for people', async () => {
    let text = '';
    const env = { LOG_FORMAT: 'pretty' };
    const app = await stack.start('notification-worker', env, (line) => (text += `${line}\n`));
    await eventually(() => text.includes('connected to the broker'));
    expect(text).toContain('INFO');
    expect(text).not.toContain('{"level"');
    await app.child.stop();
  });
});
