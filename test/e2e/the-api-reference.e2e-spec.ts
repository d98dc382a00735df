import { signLinkToken, type LinkPurpose } from '#libs/link-tokens';
import { deadLetterQueue } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import {
  notification,
  signed,
  TOPIC,
} from '../../libs/mail-feedback/src/sns/signed-message.fixture.js';
import { PASSWORD, signUpBody, type Answer } from '../support/api-client.js';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { FakeSns } from '../support/fake-sns.js';
import { ticketSignedBy } from '../support/in-line.js';
import { DocumentedAnswers, type OpenApiDocument } from '../support/openapi-document.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const KEY = 'the-signing-key-of-the-api-reference';
const OPS_TOKEN = 'the-token-of-the-operators';
const CONSUMER = 'email-worker.send-welcome-email';
const POSTMARK = 'POST /v1/mail-feedback/postmark';
const POSTMARK_AUTH = 'usher:a-password-of-postmark';

let stack: Stack;
let broker: TestBroker;
let sns: FakeSns;
let document: OpenApiDocument;
let answers: DocumentedAnswers;
let person: { id: string; email: string; token: string };

beforeAll(async () => {
  broker = await TestBroker.connect();
  sns = await FakeSns.start();
  stack = await prepareStack({
    LINK_SIGNING_KEY: KEY,
    OPS_TOKEN,
    MAIL_FEEDBACK_SES_TOPIC_ARN: TOPIC,
    MAIL_FEEDBACK_POSTMARK_AUTH: POSTMARK_AUTH,
    CHALLENGE: 'altcha',
    MAIL_BUDGET_MAILBOX: 'off',
    MAIL_BUDGET_NETWORK: 'off',
  });
  await stack.start('api', sns.env);
  document = (await stack.api.get('/openapi.json')).body;
  answers = new DocumentedAnswers(document);
  person = await newPerson();
});

afterAll(async () => {
  await stack.stop();
  await sns.stop();
  await broker.channel.purgeQueue(deadLetterQueue(CONSUMER));
  await broker.close();
});

async function newPerson() {
  const body = signUpBody();
  const { body: answer } = await stack.api.signUp(body);
  return { id: answer.user.id, email: body.email, token: answer.session.token };
}

async function newNotification(): Promise<string> {
  const id = randomUUID();
  await stack.database.query(
    `INSERT INTO notification.notifications (id, user_id, event_id, kind, title, body)
     VALUES ($1, $2, $1, 'greeting', 'Hello', 'World')`,
    [id, person.id],
  );
  return id;
}

const send = (method: string, path: string, body?: unknown, token?: string) =>
  stack.api.request(method, path, { body: method === 'GET' ? undefined : body, token });
const token = (
  purpose: Exclude<LinkPurpose, 'unsubscribe'>,
  who: Pick<typeof person, 'id' | 'email'>,
) =>
  signLinkToken(
    KEY,
    purpose,
    { userId: who.id, email: who.email, credentialVersion: 1, emailVersion: 1 },
    new Date(),
  );

/** Opens a stream, and answers what came first. */
async function stream(path: string): Promise<Answer> {
  const reader = await EventStreamReader.open(`${stack.url}${path}`, person.token);
  await eventually(() => reader.events.length > 0);
  reader.close();
  const { status, headers, events } = reader;
  return { status, headers, body: JSON.stringify(events) };
}

const ops = (method: string, path: string, body?: object) =>
  send(method, `/v1/ops/${path}`, body, OPS_TOKEN);

/** Gives a person another address. */
const confirmChange = async ({ id }: typeof person) =>
  send('POST', '/v1/email-changes/confirm', {
    token: await token('email-change', { id, email: signUpBody().email }),
  });

/** Calls an operation as somebody whom it lets in. */
function sendTo(name: string, body: unknown): Promise<Answer> {
  const [method, path] = name.split(' ') as [string, string];
  const url = path.replace('{id}', randomUUID());
  if (name !== POSTMARK) return send(method, url, body, person.token);
  const authorization = `Basic ${Buffer.from(POSTMARK_AUTH).toString('base64')}`;
  return stack.api.request(method, url, { body, headers: { authorization } });
}

/** The id of a dead letter. */
const deadLetter = () =>
  eventually(async () => {
    const queue = deadLetterQueue(CONSUMER);
    broker.channel.sendToQueue(queue, Buffer.from('{}'), { messageId: randomUUID() });
    const { body } = await ops('GET', 'dead-letters');
    return body.items[0]?.id as string | undefined;
  });

/** A call of every operation that goes well. */
const CALLS: Record<string, () => Promise<Answer>> = {
  'POST /v1/signups': () => stack.api.signUp(),
  'GET /v1/challenges': () => stack.api.get('/v1/challenges'),
  'GET /v1/line': () =>
    stack.api.request('GET', '/v1/line', { headers: { 'usher-ticket': ticketSignedBy(KEY) } }),
  'POST /v1/sessions': () =>
    send('POST', '/v1/sessions', { email: person.email, password: PASSWORD }),
  'GET /v1/sessions': () => send('GET', '/v1/sessions', undefined, person.token),
  'DELETE /v1/sessions/current': async () =>
    send('DELETE', '/v1/sessions/current', undefined, (await newPerson()).token),
  'DELETE /v1/sessions/{id}': async () => {
    await CALLS['POST /v1/sessions']!();
    const { body } = await CALLS['GET /v1/sessions']!();
    const other = body.items.find(({ current }: { current: boolean }) => !current);
    return send('DELETE', `/v1/sessions/${other.id}`, undefined, person.token);
  },
  'GET /v1/me': () => send('GET', '/v1/me', undefined, person.token),
  'PATCH /v1/me': () => send('PATCH', '/v1/me', { displayName: 'Ada' }, person.token),
  'GET /v1/me/onboarding': () => send('GET', '/v1/me/onboarding', undefined, person.token),
  'GET /v1/me/recommendations': () =>
    send('GET', '/v1/me/recommendations', undefined, person.token),
  'POST /v1/me/recommendations/{itemId}/opened': async () => {
    const { body } = await CALLS['GET /v1/me/recommendations']!();
    const path = `/v1/me/recommendations/${body.items[0].itemId}/opened`;
    return send('POST', path, undefined, person.token);
  },
  'POST /v1/recommendations/preview': () =>
    send('POST', '/v1/recommendations/preview', { interests: ['chess'] }),
  'GET /v1/me/notifications': async () => {
    await newNotification();
    return send('GET', '/v1/me/notifications?limit=5', undefined, person.token);
  },
  'PATCH /v1/me/notifications/{id}': async () =>
    send('PATCH', `/v1/me/notifications/${await newNotification()}`, { read: true }, person.token),
  'POST /v1/me/notifications/read-all': () =>
    send('POST', '/v1/me/notifications/read-all', undefined, person.token),
  'GET /v1/interests': () => send('GET', '/v1/interests'),
  'POST /v1/email-verifications': async () =>
    send('POST', '/v1/email-verifications', { token: await token('email-verification', person) }),
  'POST /v1/email-verifications/resend': () =>
    send('POST', '/v1/email-verifications/resend', undefined, person.token),
  'POST /v1/me/email-changes': async () => {
    const body = { email: signUpBody().email, password: PASSWORD };
    return send('POST', '/v1/me/email-changes', body, (await newPerson()).token);
  },
  'POST /v1/email-changes/confirm': async () => confirmChange(await newPerson()),
  'POST /v1/email-changes/undo': async () => {
    const someone = await newPerson();
    await confirmChange(someone);
    return send('POST', '/v1/email-changes/undo', {
      token: await token('email-change-undo', someone),
    });
  },
  'POST /v1/mail-feedback/ses': () =>
    send('POST', '/v1/mail-feedback/ses', signed(notification('{}'), sns.signer.key)),
  [POSTMARK]: () => sendTo(POSTMARK, { RecordType: 'Open' }),
  'POST /v1/password-resets': () => send('POST', '/v1/password-resets', { email: person.email }),
  'GET /v1/me/onboarding/stream': () => stream('/v1/me/onboarding/stream'),
  'GET /v1/me/notifications/stream': () => stream('/v1/me/notifications/stream'),
  'GET /v1/ops/queues': () => ops('GET', 'queues'),
  'GET /v1/ops/outbox': () => ops('GET', 'outbox'),
  'GET /v1/ops/dead-letters': async () => {
    await deadLetter();
    return ops('GET', `dead-letters?queue=${CONSUMER}`);
  },
  'GET /v1/ops/dead-letters/{id}': async () => ops('GET', `dead-letters/${await deadLetter()}`),
  'POST /v1/ops/dead-letters/replay': async () =>
    ops('POST', 'dead-letters/replay', { ids: ['no-such-letter'], operator: 'Grace' }),
  'GET /v1/ops/reconcile': () => ops('GET', 'reconcile'),
  'POST /v1/ops/reconcile': () => ops('POST', 'reconcile', { olderThan: '24h' }),
  'POST /v1/password-resets/confirm': async () =>
    send('POST', '/v1/password-resets/confirm', {
      token: await token('password-reset', await newPerson()),
      password: 'another password of mine',
    }),
};

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  );

/** Errors that any request may meet; an operation need not name them. */
const GENERAL = new Set(['malformed_json', 'cross_origin']);

describe('/openapi.json', () => {
  it('is an OpenAPI 3.1 document with both ways to authenticate', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toMatchObject({
      token: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'usher_session' },
    });
  });

  it('describes the operations that are called below, and no other', () => {
    expect(
      operations()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(Object.keys(CALLS).toSorted());
    expect(operations().filter(([, { summary }]) => !summary)).toEqual([]);
  });

  it('describes every body that is sent, with its properties and without others', () => {
    const body = document.paths['/v1/signups']!['post']!.requestBody;
    expect(body).toMatchObject({
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['email', 'password', 'displayName'],
            additionalProperties: false,
            properties: {
              interests: { type: 'array', maxItems: 20 },
              locale: { enum: ['en', 'zh-CN'] },
            },
          },
        },
      },
    });
    const withoutBody = operations()
      .filter(([name]) => /^(POST|PATCH)/.test(name))
      .filter(([, { requestBody }]) => !requestBody);
    expect(withoutBody.map(([name]) => name)).toEqual([]);
  });

  it.each(Object.keys(CALLS))('tells what %s answers when all is well', async (name) => {
    const answer = await CALLS[name]!();
    expect(answer.status).toBeLessThan(300);
    const [method, path] = name.split(' ') as [string, string];
    const { responses } = document.paths[path]![method.toLowerCase()]!;
    expect(Object.keys(responses)).toContain(String(answer.status));
    expect(answers.problemsOf(name, answer)).toEqual([]);
  });

  it('tells of each operation whether it needs a session, and what it answers without one', async () => {
    for (const [name, { security, responses }] of operations()) {
      const [method, path] = name.split(' ') as [string, string];
      const answer = await send(method, path.replace('{id}', randomUUID()), {});
      if (security) {
        expect(responses).toHaveProperty('401');
        expect([name, answer.status]).toEqual([name, 401]);
      } else if (name !== 'POST /v1/email-verifications/resend') {
        expect([name, answer.status]).not.toEqual([name, 401]);
      }
      expect([name, answers.problemsOf(name, answer)]).toEqual([name, []]);
    }
  });

  it('tells what the errors of each operation look like', async () => {
    // A stream would not end.
    const ending = operations().filter(([name]) => !name.endsWith('/stream'));
    for (const [name, { responses }] of ending) {
      const [method] = name.split(' ') as [string, string];
      const refused = [await sendTo(name, '{'), await sendTo(name, { unknown: 1 })];
      for (const answer of refused.filter(({ status }) => status >= 400)) {
        expect([name, answers.problemsOf(name, answer)]).toEqual([name, []]);
        const { code } = answer.body;
        if (GENERAL.has(code)) continue;
        expect([name, responses[answer.status]?.description]).toEqual([
          name,
          expect.stringContaining(`\`${code}\``),
        ]);
      }
      if (method !== 'GET') expect(refused[0]).toMatchObject({ status: 400 });
    }
  });
});
