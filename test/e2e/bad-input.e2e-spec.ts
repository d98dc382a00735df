import { eventually } from '../support/eventually.js';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { rawSignUp, sendRaw } from '../support/in-line.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;
let token: string;
let refusals: Refusals;

beforeAll(async () => {
  // The API alone, without a broker: whatever is asked of it here needs none.
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
  await stack.start('api');
  refusals = new Refusals(stack.database);
  token = (await stack.api.signUp()).body.session.token;
});

afterAll(() => stack.stop());

const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  stack.api.request('POST', path, { body, headers });

const isRefused = (...claim: Parameters<Refusals['expect']>) => refusals.expect(...claim);

describe('a sign-up is refused, the field named and nothing written, when', () => {
  it.each<[string, object, string]>([
    ['the address is missing', { email: undefined }, 'email'],
    ['the address is a number', { email: 7 }, 'email'],
    ['the address has no domain', { email: 'ada' }, 'email'],
    [
      'the address would inject a header',
      { email: 'a@example.com\r\nBcc: b@example.com' },
      'email',
    ],
    ['the address holds a NUL', { email: 'a\u0000@example.com' }, 'email'],
    ['the address is two', { email: 'a@example.com, b@example.com' }, 'email'],
    ['the local part is quoted', { email: '"a@evil x"@ok.test' }, 'email'],
    ['the address is endless', { email: `${'a'.repeat(300)}@example.com` }, 'email'],
    [
      'the address is a nest of comments',
      { email: `${'('.repeat(200)}a@b${')'.repeat(200)}` },
      'email',
    ],
    ['the password is missing', { password: undefined }, 'password'],
    ['the password is short', { password: 'x'.repeat(14) }, 'password'],
    ['the password is endless', { password: 'x'.repeat(257) }, 'password'],
    [
      'the password is the address',
      { email: 'ada.lovelace@example.com', password: 'ada.lovelace@example.com' },
      'password',
    ],
    ['the name is empty', { displayName: '  ' }, 'displayName'],
    ['the name is endless', { displayName: 'x'.repeat(10_000) }, 'displayName'],
    ['the name holds control characters', { displayName: 'a\u0007b' }, 'displayName'],
    ['the interests are no list', { interests: 'chess' }, 'interests'],
    ['an interest is no tag', { interests: ['chess', 'Not A Tag'] }, 'interests.1'],
    [
      'there are 21 interests',
      { interests: Array.from({ length: 21 }, (_, i) => `tag-${i}`) },
      'interests',
    ],
    ['the password has half a character', { password: `correct horse \ud800 battery` }, 'password'],
    ['the language is unknown', { locale: 'fr' }, 'locale'],
    ['the country is no code', { country: 'Germany' }, 'country'],
  ])('%s', async (_, change, path) => {
    await isRefused(stack.api.signUp(change), 422, 'validation_failed', path);
  });

  it.each(['role', 'emailVerified', 'id', 'points', '__proto__x'])(
    'it brings a property of its own: %s',
    async (name) => {
      await isRefused(stack.api.signUp({ [name]: true }), 422, 'validation_failed', name);
    },
  );

  it('several things are wrong: all are named at once', async () => {
    const asking = post('/v1/signups', { email: 'no', interests: ['X'], extra: 1 });
    await isRefused(
      asking,
      422,
      'validation_failed',
      'email',
      'password',
      'displayName',
      'interests.0',
      'extra',
    );
  });

  it.each<[string, unknown]>([
    ['null', 'null'],
    ['a list', []],
    ['a text', '"hello"'],
  ])('the body is %s', async (_, body) => {
    const answer = await post('/v1/signups', body);
    expect([400, 422]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('there is no body', async () => {
    await isRefused(stack.api.request('POST', '/v1/signups'), 422, 'validation_failed');
  });

  it('the body is not JSON', async () => {
    await isRefused(post('/v1/signups', '{"email": '), 400, 'malformed_json');
  });

  it('the body is not UTF-8', async () => {
    const body = Buffer.from(JSON.stringify(signUpBody({ displayName: '\u00ff' })), 'latin1');
    const asking = stack.api.request('POST', '/v1/signups', { body });
    await isRefused(asking, 400, 'malformed_json');
  });

  it('the body is of another type', async () => {
    const asking = post('/v1/signups', 'email=a%40example.com', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    await isRefused(asking, 415, 'unsupported_media_type');
  });

  it('the body is too large', async () => {
    await isRefused(
      stack.api.signUp({ displayName: 'x'.repeat(70_000) }),
      413,
      'payload_too_large',
    );
  });

  it('the Idempotency-Key is malformed', async () => {
    await isRefused(
      stack.api.signUp({}, { 'idempotency-key': 'two words' }),
      422,
      'validation_failed',
      'Idempotency-Key',
    );
    await isRefused(
      stack.api.signUp({}, { 'idempotency-key': 'x'.repeat(256) }),
      422,
      'validation_failed',
      'Idempotency-Key',
    );
  });
});

describe('the other endpoints refuse', () => {
  const asking = (method: string, path: string, body?: unknown) =>
    stack.api.request(method, path, { body, token });

  it.each<[string, string, unknown, string]>([
    ['POST', '/v1/sessions', { email: 'a@example.com' }, 'password'],
    ['POST', '/v1/sessions', { email: 'a@example.com', password: PASSWORD, admin: true }, 'admin'],
    ['PATCH', '/v1/me', { displayName: '' }, 'displayName'],
    ['PATCH', '/v1/me', { interests: ['UPPER'] }, 'interests.0'],
    ['PATCH', '/v1/me', { locale: 'xx' }, 'locale'],
    ['PATCH', '/v1/me', { email: 'other@example.com' }, 'email'],
    ['PATCH', '/v1/me', { emailVerified: true }, 'emailVerified'],
    ['POST', '/v1/email-verifications', {}, 'token'],
    ['POST', '/v1/email-verifications', { token: 7 }, 'token'],
    ['GET', '/v1/me/notifications?limit=0', undefined, 'limit'],
    ['GET', '/v1/me/notifications?limit=many', undefined, 'limit'],
    ['GET', '/v1/me/notifications?cursor=abc', undefined, 'cursor'],
    ['GET', '/v1/me/notifications?page=2', undefined, 'page'],
    ['PATCH', '/v1/me/notifications/00000000-0000-7000-8000-000000000000', { read: 'yes' }, 'read'],
  ])('%s %s with %j', async (method, path, body, field) => {
    await isRefused(asking(method, path, body), 422, 'validation_failed', field);
  });

  it.each([
    ['PATCH', '/v1/me/notifications/not-an-id', { read: true }],
    ['PATCH', '/v1/me/notifications/00000000-0000-7000-8000-000000000000', { read: true }],
    ['DELETE', '/v1/sessions/not-an-id', undefined],
    ['DELETE', '/v1/sessions/00000000-0000-7000-8000-000000000000', undefined],
    ['GET', '/v1/nothing-here', undefined],
    ['GET', '/metrics', undefined],
  ])('%s %s: there is no such thing', async (method, path, body) => {
    await isRefused(asking(method, path, body), 404, 'not_found');
  });

  it.each([
    ['POST', '/v1/email-verifications', { token: 'made-up' }],
    ['POST', '/v1/email-verifications', { token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' }],
  ])('%s %s: a token that is not ours', async (method, path, body) => {
    await isRefused(asking(method, path, body), 422, 'invalid_token');
  });

  it.each([
    ['GET', '/v1/me'],
    ['PATCH', '/v1/me'],
    ['GET', '/v1/me/onboarding'],
    ['GET', '/v1/me/recommendations'],
    ['GET', '/v1/me/notifications'],
    ['PATCH', '/v1/me/notifications/00000000-0000-7000-8000-000000000000'],
    ['POST', '/v1/me/notifications/read-all'],
    ['GET', '/v1/sessions'],
    ['DELETE', '/v1/sessions/current'],
  ])('%s %s without a session, or with a wrong one', async (method, path) => {
    await isRefused(stack.api.request(method, path), 401, 'unauthenticated');
    await isRefused(
      stack.api.request(method, path, { token: 'x'.repeat(43) }),
      401,
      'unauthenticated',
    );
  });

  it('a log-in with a wrong password or an unknown address, in the same words', async () => {
    const body = signUpBody();
    await stack.api.signUp(body);
    const wrong = await post('/v1/sessions', { email: body.email, password: 'not the password' });
    const unknown = await post('/v1/sessions', { email: 'nobody@example.com', password: PASSWORD });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(unknown.body).toEqual(wrong.body);
  });
});

describe('without a broker', () => {
  it('the API is ready, and says of a new person that everything is still to come', async () => {
    await expect(stack.api.get('/readyz')).resolves.toMatchObject({
      status: 200,
      body: { status: 'ready' },
    });
    const { body: timeline } = await stack.api.get('/v1/me/onboarding', token);
    expect(timeline.complete).toBe(false);
    expect(timeline.steps.map(({ status }: { status: string }) => status)).toEqual([
      'pending',
      'pending',
      'pending',
    ]);
    const { body: list } = await stack.api.get('/v1/me/recommendations', token);
    expect(list).toMatchObject({ status: 'computing', fallback: 'popular' });
    expect(list.items).toHaveLength(20);
  });
});

describe('when the hash queue is full', () => {
  it('the answer is 503 with Retry-After, and other endpoints stay open', async () => {
    const narrow = await prepareStack({
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      HASH_CONCURRENCY: '1',
      HASH_QUEUE_LIMIT: '2',
      LINE: 'off',
    });
    try {
      let output = '';
      await narrow.start('api', {}, (line) => (output += `${line}\n`));
      const answers = await Promise.all(Array.from({ length: 20 }, () => narrow.api.signUp()));
      const shed = answers.filter(({ status }) => status === 503);
      expect(shed.length).toBeGreaterThan(0);
      expect(shed.length + answers.filter(({ status }) => status === 201).length).toBe(20);
      expect(shed[0]!.body.code).toBe('overloaded');
      expect(Number(shed[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(shed[0]!.headers.get('content-type')).toContain('application/problem+json');
      expect(shed[0]!.headers.get('x-frame-options')).toBe('DENY');
      const [row] = await narrow.database.query<{ users: number }>(
        'SELECT count(*)::int AS users FROM accounts.users',
      );
      expect(row!.users).toBe(20 - shed.length);
      // All refusals of a second in one line, so that a burst is not spent on its own log.
      await eventually(() => /\d+ requests were refused/.test(output));
    } finally {
      await narrow.stop();
    }
  });
});

it('a target that is no URL is refused, and the API goes on', async () => {
  const signUp = rawSignUp('http://a[b/', signUpBody());
  await expect(sendRaw(stack.url, signUp)).resolves.toBe(400);
  await expect(sendRaw(stack.url, signUp.replace('POST', 'GET'))).resolves.toBe(404);
  expect((await stack.api.signUp()).status).toBe(201);
});
