import { request } from 'node:http';
import { ApiClient, PASSWORD, signUpBody } from '../support/api-client.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;
let refusals: Refusals;
let token: string;

beforeAll(async () => {
  stack = await prepareStack({
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    HASH_CONCURRENCY: '1',
    // Nobody is refused for a machine that is busy.
    HASH_QUEUE_TIMEOUT: '60s',
  });
  await stack.start('api');
  refusals = new Refusals(stack.database);
  token = (await stack.api.signUp()).body.session.token;
});

afterAll(() => stack.stop());

const sessions = (of: string) => stack.api.get('/v1/sessions', of);

const CROSS_SITE = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

describe('what a request may not bring', () => {
  const planted = { role: 'admin', emailVerified: true, points: 1_000_000 };
  const id = '00000000-0000-7000-8000-000000000001';

  it.each(Object.entries({ ...planted, id, credentialVersion: 9, createdAt: '2020-01-01' }))(
    'is %s, neither at the sign-up nor afterwards',
    async (name, value) => {
      await refusals.expect(stack.api.signUp({ [name]: value }), 422, 'validation_failed', name);
      const asking = stack.api.request('PATCH', '/v1/me', { body: { [name]: value }, token });
      await refusals.expect(asking, 422, 'validation_failed', name);
    },
  );

  it.each(['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}'])(
    'is %s',
    async (planting) => {
      const body = JSON.stringify(signUpBody()).replace('{', `${planting.slice(0, -1)},`);
      const answer = await stack.api.request('POST', '/v1/signups', { body });
      expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    },
  );

  it('is a nest of lists that would stop the process', async () => {
    const depth = 30_000;
    const body = `{"email":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const asking = stack.api.request('POST', '/v1/signups', { body });
    await refusals.expect(asking, 422, 'validation_failed', 'email');
    await expect(stack.api.get('/healthz')).resolves.toMatchObject({ status: 200 });
  });
});

describe('a name', () => {
  it.each([
    '<script>alert(1)</script>',
    '{{7*7}} ${7*7} <%= 7*7 %>',
    "Robert'); DROP TABLE users;--",
  ])('may be %s: it is text, and stays what it is', async (displayName) => {
    const { body } = await stack.api.signUp({ displayName });
    const answer = await stack.api.get('/v1/me', body.session.token);
    expect(answer.body.displayName).toBe(displayName);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('another way to write a path', () => {
  /** As it is: fetch would tidy the path up. */
  const status = (method: string, path: string) =>
    new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(stack.url);
      const asking = request({ hostname, port, method, path }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      asking.once('error', reject).end();
    });

  it.each([
    '//v1//me',
    '/v1/me/',
    '/v1//me',
    '/V1/ME',
    '/v1/%6de',
    '/v1/./me',
    '/v1/x/../me',
    '/v1/%2e%2e/v1/me',
    '/v1/me%2f',
    '/v1/me;x',
    '/v1/me?x',
    '/v1/me#x',
    '/v1/me%00',
    '/v1\\me',
  ])('of /v1/me, %s, is not let in without a session', async (path) => {
    expect([400, 401, 404]).toContain(await status('GET', path));
    expect([400, 401, 404, 422]).toContain(await status('PATCH', path));
  });

  it.each(['/v1/sessions/current/', '//v1//sessions//current', '/v1/sessions/%63urrent'])(
    'of /v1/sessions/current, %s, is not let in without a session',
    async (path) => {
      expect([400, 401, 404]).toContain(await status('DELETE', path));
    },
  );
});

describe('what belongs to somebody else', () => {
  it('is not there: their session can be neither ended nor told from one that never was', async () => {
    const { body: victim } = await stack.api.signUp();
    const [theirs] = (await sessions(victim.session.token)).body.items;
    const end = (id: string) => stack.api.request('DELETE', `/v1/sessions/${id}`, { token });
    const refused = await end(theirs.id);
    const unknown = await end('00000000-0000-7000-8000-000000000000');
    expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(refused.body).toEqual(unknown.body);
    await expect(stack.api.get('/v1/me', victim.session.token)).resolves.toMatchObject({
      status: 200,
    });
    const { body: mine } = await sessions(token);
    expect(mine.items.map(({ id }: { id: string }) => id)).not.toContain(theirs.id);
  });
});

describe('a page of another site', () => {
  let cookie: string;

  beforeAll(async () => {
    const { headers } = await stack.api.signUp();
    cookie = headers.getSetCookie()[0]!.split(';')[0]!;
  });

  it.each([
    ['POST', '/v1/me/notifications/read-all'],
    ['DELETE', '/v1/sessions/current'],
    ['POST', '/v1/email-verifications/resend'],
  ])('cannot make a browser %s %s with its cookie', async (method, path) => {
    const asking = (headers: Record<string, string>) =>
      stack.api.request(method, path, { headers: { cookie, ...headers } });
    await refusals.expect(asking(CROSS_SITE), 403, 'cross_origin');
    await refusals.expect(asking({ 'sec-fetch-site': 'same-site' }), 403, 'cross_origin');
    await refusals.expect(asking({ origin: 'https://evil.example' }), 403, 'cross_origin');
  });

  it('cannot log a browser in to an account of its own', async () => {
    const { email } = signUpBody();
    await stack.api.signUp({ email });
    const body = JSON.stringify({ email, password: PASSWORD });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const asking = stack.api.request('POST', '/v1/sessions', {
        body,
        headers: { 'content-type': type },
      });
      await refusals.expect(asking, 415, 'unsupported_media_type');
    }
    const asking = stack.api.request('POST', '/v1/sessions', { body, headers: CROSS_SITE });
    await refusals.expect(asking, 403, 'cross_origin');
  });

  it('is not told that it may read an answer', async () => {
    const { headers } = await stack.api.request('GET', '/v1/me', {
      headers: { cookie, origin: 'https://evil.example' },
    });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('the page of our own can use the cookie', async () => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin', origin: stack.url };
    await expect(
      stack.api.request('DELETE', '/v1/sessions/current', { headers }),
    ).resolves.toMatchObject({ status: 204 });
  });
});

describe('every answer', () => {
  it.each<[string, string, unknown, number]>([
    ['GET', '/healthz', undefined, 200],
    ['GET', '/v1/me', undefined, 401],
    ['GET', '/nothing/here', undefined, 404],
    ['POST', '/v1/signups', '{', 400],
    ['POST', '/v1/signups', 'x'.repeat(70_000), 413],
  ])('tells browsers to be strict, as that to %s %s', async (method, path, body, status) => {
    const answer = await stack.api.request(method, path, { body });
    expect(answer.status).toBe(status);
    const csp = answer.headers.get('content-security-policy')!;
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("script-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toMatch(/unsafe|\*|https?:/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  });

  it('with something personal in it is kept by no cache', async () => {
    const answer = await stack.api.get('/v1/me', token);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each<[string, Record<string, string>, string, number]>([
    ['another site', CROSS_SITE, '{}', 403],
    ['a body that is no JSON', {}, '{', 400],
    ['a body that is too long', {}, 'x'.repeat(70_000), 413],
  ])('that refuses %s is kept by no cache', async (_what, headers, body, status) => {
    const answer = await fetch(`${stack.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('over HTTPS keeps browsers to it, and binds the cookie to the host', async () => {
    const secure = await prepareStack({
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      PUBLIC_URL: 'https://usher.example',
    });
    try {
      await secure.start('api');
      const { headers } = await new ApiClient(secure.url).signUp();
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
      expect(headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-usher_session=[\w-]{43}; Max-Age=\d{7}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
    } finally {
      await secure.stop();
    }
  });
});

describe('a session', () => {
  const age = (of: string, change: string) =>
    stack.database.query(
      `UPDATE accounts.sessions SET ${change} WHERE token_hash = sha256(convert_to($1, 'UTF8'))`,
      [of],
    );

  it.each([
    ['that was not used for seven days', `last_seen_at = now() - interval '7 days 1 minute'`],
    ['that began thirty days ago', `expires_at = now() - interval '1 second'`],
  ])('%s is over', async (_what, change) => {
    const { body } = await stack.api.signUp();
    await age(body.session.token, change);
    await refusals.expect(stack.api.get('/v1/me', body.session.token), 401, 'unauthenticated');
  });

  it('that is used lives on, to thirty days and no longer', async () => {
    const { body } = await stack.api.signUp();
    const of = body.session.token as string;
    await age(of, `last_seen_at = now() - interval '6 days'`);
    await expect(stack.api.get('/v1/me', of)).resolves.toMatchObject({ status: 200 });
    const [session] = (await sessions(of)).body.items;
    expect(Date.now() - Date.parse(session.lastSeenAt)).toBeLessThan(60_000);
    const lifetime = Date.parse(session.expiresAt) - Date.parse(session.createdAt);
    expect(Math.round(lifetime / 86_400_000)).toBe(30);
  });
});

it('while passwords wait to be hashed, whoever is logged in is served at once', async () => {
  let hashed = 0;
  const crowd = Array.from({ length: 30 }, async () => {
    const { status } = await stack.api.signUp();
    hashed++;
    return status;
  });
  await expect(stack.api.get('/v1/me', token)).resolves.toMatchObject({ status: 200 });
  expect(hashed).toBeLessThan(30);
  expect(new Set(await Promise.all(crowd))).toEqual(new Set([201]));
});
