import { PASSWORD, signUpBody } from '../support/api-client.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;
let refusals: Refusals;

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
  await stack.start('api');
  refusals = new Refusals(stack.database);
});

afterAll(() => stack.stop());

const isRefused = (...claim: Parameters<Refusals['expect']>) => refusals.expect(...claim);

describe('an account', () => {
  it('can be logged in to, and its sessions listed and ended', async () => {
    const body = signUpBody();
    await stack.api.signUp(body);
    const credentials = { email: body.email.toUpperCase(), password: PASSWORD };
    const logIn = () => stack.api.request('POST', '/v1/sessions', { body: credentials });
    const { status, body: first } = await logIn();
    expect(status).toBe(201);
    const { body: second } = await logIn();
    const list = async (token: string) => (await stack.api.get('/v1/sessions', token)).body.items;
    const sessions = await list(second.session.token);
    expect(sessions).toHaveLength(3);
    const current = sessions.find((session: { current: boolean }) => session.current);
    expect(sessions[0].id).toBe(current.id);
    const other = sessions[1].id as string;
    const end = (id: string, token: string) =>
      stack.api.request('DELETE', `/v1/sessions/${id}`, { token });
    await expect(end(other, second.session.token)).resolves.toMatchObject({ status: 204 });
    await expect(stack.api.get('/v1/me', first.session.token)).resolves.toMatchObject({
      status: 401,
    });
    await expect(end(other, second.session.token)).resolves.toMatchObject({ status: 404 });
    await expect(end('current', second.session.token)).resolves.toMatchObject({ status: 204 });
    await expect(stack.api.get('/v1/me', second.session.token)).resolves.toMatchObject({
      status: 401,
    });
  });

  it('is opened by the cookie too', async () => {
    const { headers } = await stack.api.signUp();
    const cookie = headers.get('set-cookie')!;
    expect(cookie).toMatch(
      /^usher_session=[\w-]{43}; Max-Age=\d{7}; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/,
    );
    const answer = await stack.api.request('GET', '/v1/me', {
      headers: { cookie: cookie.split(';')[0]! },
    });
    expect(answer.status).toBe(200);
  });
});

describe('one address', () => {
  it('has one account, however it is written', async () => {
    await expect(stack.api.signUp({ email: 'mike@example.com' })).resolves.toMatchObject({
      status: 201,
    });
    for (const email of [
      'Mike@EXAMPLE.com',
      ' mike@example.com ',
      'mike＠example.com',
      'MIKE@example.COM',
    ]) {
      await isRefused(stack.api.signUp({ email }), 409, 'email_taken', 'email');
    }
  });

  it('signed up a hundred times at once has one account, one event, and no 5xx', async () => {
    const body = signUpBody();
    const answers = await Promise.all(Array.from({ length: 100 }, () => stack.api.signUp(body)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
    const [row] = await stack.database.query(
      `SELECT count(*)::int AS users, (SELECT count(*)::int FROM messaging.outbox AS o WHERE o.data ->> 'email' = $1) AS events
         FROM accounts.users WHERE email = $1`,
      [body.email],
    );
    expect(row).toEqual({ users: 1, events: 1 });
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'a-double-click' };
  const body = signUpBody({ interests: ['chess'] });

  it('makes of two clicks at once one account and two sessions of the same user', async () => {
    const [first, second] = await Promise.all([
      stack.api.signUp(body, key),
      stack.api.signUp(body, key),
    ]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.user).toEqual(first.body.user);
    expect(second.body.session.token).not.toBe(first.body.session.token);
    const replayed = [first, second].map(({ headers }) => headers.get('idempotency-replayed'));
    expect(replayed.toSorted()).toEqual(['true', null].toSorted());
  });

  it('does not fit another body', async () => {
    await isRefused(
      stack.api.signUp({ ...body, displayName: 'Somebody else' }, key),
      422,
      'idempotency_mismatch',
    );
    await isRefused(
      stack.api.signUp({ ...body, email: 'new-address@example.com' }, key),
      422,
      'idempotency_mismatch',
    );
  });

  it('opens nothing without the password', async () => {
    await isRefused(
      stack.api.signUp({ ...body, password: 'another long password' }, key),
      422,
      'idempotency_mismatch',
    );
  });

  it('is forgotten after 24 hours', async () => {
    await stack.database.query(
      `UPDATE accounts.idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1`,
      [key['idempotency-key']],
    );
    const fresh = await stack.api.signUp({}, key);
    expect(fresh.status).toBe(201);
    expect(fresh.headers.get('idempotency-replayed')).toBeNull();
  });
});
