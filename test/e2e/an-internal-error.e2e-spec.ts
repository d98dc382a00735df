import { signLinkToken, type LinkPurpose } from '#libs/link-tokens';
import { ERROR_CODES } from '../../apps/api/src/http/error-codes.js';
import { RIGHTS } from '../../tools/usher-cli/src/grants/rights.js';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import type { OpenApiDocument } from '../support/openapi-document.js';
import { prepareStack, type Stack } from '../support/stack.js';

const KEY = 'the-signing-key-of-internal-errors';
const OFTEN = '100000/1h';
const ENV = {
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  LINK_SIGNING_KEY: KEY,
  // Limits that nobody reaches: they are read and written all the same.
  RATE_LIMIT_SIGNUP: OFTEN,
  RATE_LIMIT_LOGIN: OFTEN,
  RATE_LIMIT_MAIL: OFTEN,
  RATE_LIMIT_ACCOUNT_LOGIN: OFTEN,
};
const ITEM = 'an-item';

/** Words of PostgreSQL, its driver and our code, and where they are. */
const INTERNAL =
  /relation|does not exist|column|constraint|SELECT|INSERT|ECONN|127\.0\.0\.1|terminat|\.js\b|\bat \S+ \(|lastError/i;

let stack: Stack;
let line: FaultProxy;
let operations: readonly Operation[];
const logged: string[] = [];

interface Operation {
  /** `POST /v1/signups` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

interface Seen {
  readonly operation: string;
  readonly status: number;
  readonly text: string;
}

beforeAll(async () => {
  stack = await prepareStack(ENV);
  line = await FaultProxy.before(stack.databaseUrlOf('api'));
  await stack.start('api', { DATABASE_URL: line.url }, (text) => logged.push(text));
  operations = operationsForPeople((await stack.api.get('/openapi.json')).body);
  await stack.database.query(
    `INSERT INTO recommendation.items (id, title, url, tags, language, popularity)
     VALUES ($1, 'A', 'https://a.example', '{a}', 'en', 0.5)`,
    [ITEM],
  );
});

afterAll(async () => {
  await stack.stop();
  await line.down();
});

/** What ends a session comes last. */
const operationsForPeople = ({ paths }: OpenApiDocument): Operation[] =>
  Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/') && !path.startsWith('/v1/ops/'))
    // It is for programs of mail providers.
    .filter(([path]) => !path.startsWith('/v1/mail-feedback/'))
    // It asks the database nothing.
    .filter(([path]) => path !== '/v1/line')
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((verb) => {
        const method = verb.toUpperCase();
        return { name: `${method} ${path}`, method, path };
      }),
    )
    .toSorted((a, b) => Number(endsSession(a.name)) - Number(endsSession(b.name)));

const endsSession = (name: string) => /confirm$|^DELETE/.test(name);

/** What goes well with each request that has a body. */
const BODIES: Record<string, (person: Person) => unknown> = {
  'POST /v1/signups': () => signUpBody(),
  'POST /v1/sessions': ({ email }) => ({ email, password: PASSWORD }),
  'PATCH /v1/me': () => ({ interests: [Math.random().toString(36).slice(2)] }),
  'POST /v1/recommendations/preview': () => ({ interests: ['chess'] }),
  'PATCH /v1/me/notifications/{id}': () => ({ read: true }),
  'POST /v1/email-verifications': (person) => link('email-verification', person),
  'POST /v1/email-verifications/resend': ({ email }) => ({ email }),
  'POST /v1/email-changes/confirm': (person) => link('email-change', person),
  'POST /v1/email-changes/undo': (person) => link('email-change-undo', person),
  'POST /v1/password-resets': ({ email }) => ({ email }),
  'POST /v1/password-resets/confirm': async (person) => ({
    ...(await link('password-reset', person)),
    password: 'another password of mine',
  }),
};

const link = async (purpose: Exclude<LinkPurpose, 'unsubscribe'>, person: Person) => ({
  token: await signLinkToken(
    KEY,
    purpose,
    { userId: person.id, email: person.email, credentialVersion: 1, emailVersion: 1 },
    new Date(),
  ),
});

async function someone(): Promise<Person> {
  const { user, session } = (await stack.api.signUp()).body;
  return { id: user.id, email: user.email, token: session.token };
}

/** Sends each request that a person can send, and reads all that comes back, headers included. */
async function seenBy(person: Person): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const { name, method, path } of operations) {
    const body = JSON.stringify(await BODIES[name]?.(person));
    const response = await fetch(
      stack.url + path.replace('{itemId}', ITEM).replace('{id}', person.id),
      {
        method,
        body,
        headers: {
          authorization: `Bearer ${person.token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(name === 'POST /v1/signups' && { 'idempotency-key': `key-${person.id}` }),
        },
      },
    );
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (isStream) await response.body!.cancel();
    const rest = isStream ? '' : await response.text();
    const headers = JSON.stringify([...response.headers]);
    expect(headers + rest).not.toMatch(INTERNAL);
    seen.push({ operation: name, status: response.status, text: rest });
  }
  return seen;
}

const problem = (code: 'internal_error' | 'unavailable') => ({
  type: `urn:usher:problem:${code}`,
  title: ERROR_CODES[code].title,
  status: ERROR_CODES[code].status,
  code,
  detail: ERROR_CODES[code].title,
});

it('a defect, wherever the database shows one, is a code and a sentence to every endpoint for people', async () => {
  const failed = new Set<string>();
  const watcher = await someone();
  const streams = await Promise.all(
    ['onboarding', 'notifications'].map((what) =>
      EventStreamReader.open(`${stack.url}/v1/me/${what}/stream`, watcher.token),
    ),
  );
  for (const table of Object.keys(RIGHTS.api)) {
    const person = await someone();
    const [schema, name] = table.split('.');
    await stack.database.query(`ALTER TABLE ${table} RENAME TO gone`);
    try {
      const failures = (await seenBy(person)).filter(({ status }) => status >= 500);
      for (const { operation, text } of failures) {
        expect(JSON.parse(text)).toEqual(problem('internal_error'));
        failed.add(operation);
      }
    } finally {
      await stack.database.query(`ALTER TABLE ${schema}.gone RENAME TO ${name}`);
    }
  }
  expect([...failed].toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  // The log has what nobody was shown.
  expect(logged.some((text) => text.includes('relation \\"accounts.users\\" does not exist'))).toBe(
    true,
  );
  expect(streams.map(({ events }) => events.length > 0)).toEqual([true, true]);
  for (const stream of streams) {
    expect(JSON.stringify(stream.events)).not.toMatch(INTERNAL);
    stream.close();
  }
});

it('a database that is away is a code and a sentence to every endpoint for people', async () => {
  const person = await someone();
  await line.down();
  try {
    const seen = await seenBy(person);
    expect(seen.map(({ operation, status }) => `${status} ${operation}`)).toEqual(
      operations.map(({ name }) => `503 ${name}`),
    );
    for (const { text } of seen) expect(JSON.parse(text)).toEqual(problem('unavailable'));
  } finally {
    await line.up();
  }
  await eventually(async () => (await stack.api.get('/v1/me', person.token)).status === 200);
});
