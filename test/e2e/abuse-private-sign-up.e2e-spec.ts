import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { PASSWORD, signUpBody, type Answer } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { nextToken } from '../support/mail-links.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';
import { timeRatio } from '../support/timing.js';

const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ SIGNUP_MODE: 'private', HASH_CONCURRENCY: '1' });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const post = (path: string, body: unknown) => stack.api.request('POST', path, { body });
const logIn = (email: string, password = PASSWORD) => post('/v1/sessions', { email, password });

/** Everything that an answer tells, but for what is new in every answer. */
const told = ({ status, body, headers }: Answer) => ({
  status,
  body,
  headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
  cookies: headers.getSetCookie(),
});

/** Waits until everything that was asked for so far has been looked into. */
const settled = () =>
  eventually(async () => {
    const [row] = await stack.database.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM accounts.deferred_requests',
    );
    return row!.left === 0;
  });

const count = async (sql: string, ...values: unknown[]) => {
  const [row] = await stack.database.query<{ count: number }>(sql, values);
  return row!.count;
};

async function verified() {
  const body = signUpBody();
  await stack.api.signUp(body);
  const token = await nextToken(stack.smtp, body.email, 'verify-email');
  await post('/v1/email-verifications', { token });
  return body;
}

describe('a private sign-up', () => {
  it('is answered 202 without a session; log-in works once the address is verified', async () => {
    const body = signUpBody();
    const answer = await stack.api.signUp(body);
    expect(answer).toMatchObject({ status: 202, body: { status: 'check_your_email' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const token = await nextToken(stack.smtp, body.email, 'verify-email');

    const refused = await logIn(body.email);
    const unknown = await logIn('nobody@example.com');
    expect(refused).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(told(refused)).toEqual(told(unknown));

    await expect(post('/v1/email-verifications', { token })).resolves.toMatchObject({
      status: 204,
    });
    await expect(logIn(body.email)).resolves.toMatchObject({ status: 201 });
  });

  it('of a taken address is answered alike, changes nothing, and tells its owner only', async () => {
    const owner = await verified();
    const fresh = signUpBody({ password: 'the password of the attacker' });
    const again = { ...fresh, email: owner.email, displayName: 'Somebody Else' };
    const unknown = await stack.api.signUp(fresh);
    const known = await stack.api.signUp(again);

    expect(told(known)).toEqual(told(unknown));
    const link = await nextToken(stack.smtp, owner.email, 'reset-password');
    expect(link).toBeDefined();
    expect(stack.smtp.to(owner.email)).toHaveLength(2);
    await expect(logIn(owner.email, 'the password of the attacker')).resolves.toMatchObject({
      status: 401,
    });
    const { body } = await logIn(owner.email);
    expect(body.user.displayName).toBe('Ada Lovelace');
  });

  it('is opened by the link for a new password as well: whoever has the mail has the address', async () => {
    const body = signUpBody();
    await stack.api.signUp(body);
    await stack.api.signUp(body);
    const token = await nextToken(stack.smtp, body.email, 'reset-password');
    const password = 'another password of mine';
    await expect(post('/v1/password-resets/confirm', { token, password })).resolves.toMatchObject({
      status: 204,
    });
    await expect(logIn(body.email, password)).resolves.toMatchObject({ status: 201 });
  });

  it('asked for a hundred times at once makes one account and no 5xx', async () => {
    const body = signUpBody();
    const answers = await Promise.all(Array.from({ length: 100 }, () => stack.api.signUp(body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await settled();
    expect(
      await count('SELECT count(*)::int FROM accounts.users WHERE email = $1', body.email),
    ).toBe(1);
    expect(
      await count(
        `SELECT count(*)::int FROM messaging.outbox WHERE type = 'user.registered.v1' AND data ->> 'email' = $1`,
        body.email,
      ),
    ).toBe(1);
  });

  it('is not held up by one that cannot be carried out', async () => {
    const id = randomUUID();
    await stack.database.query(
      `INSERT INTO accounts.deferred_requests (id, request, request_id, due_at)
       VALUES ($1, '{"kind":"sign-up"}', 'broken', now() - interval '1 minute')`,
      [id],
    );
    const body = signUpBody();
    await stack.api.signUp(body);
    await nextToken(stack.smtp, body.email, 'verify-email');
    const [broken] = await stack.database.query<{ attempts: number }>(
      'DELETE FROM accounts.deferred_requests WHERE id = $1 RETURNING attempts',
      [id],
    );
    expect(broken!.attempts).toBeGreaterThan(0);
  });

  it('with an Idempotency-Key sends one mail however often it is repeated', async () => {
    const key = { 'idempotency-key': 'a-private-double-click' };
    const body = signUpBody();
    const [first, second] = await Promise.all([
      stack.api.signUp(body, key),
      stack.api.signUp(body, key),
    ]);
    expect([first.status, second.status]).toEqual([202, 202]);
    const replayed = [first, second].map(({ headers }) => headers.get('idempotency-replayed'));
    expect(replayed.toSorted()).toEqual(['true', null].toSorted());
    await settled();
    expect(
      await count(
        `SELECT count(*)::int FROM messaging.outbox WHERE data ->> 'email' = $1`,
        body.email,
      ),
    ).toBe(1);
    await new Refusals(stack.database).expect(
      stack.api.signUp({ ...body, displayName: 'Somebody else' }, key),
      422,
      'idempotency_mismatch',
    );
  });

  it('with an Idempotency-Key is answered alike for a known and an unknown address', async () => {
    const owner = await verified();
    const answers = [];
    for (const [i, email] of [owner.email, signUpBody().email].entries()) {
      const key = { 'idempotency-key': `probe-${i}` };
      const body = signUpBody({ email });
      answers.push([
        told(await stack.api.signUp(body, key)),
        told(await stack.api.signUp(body, key)),
        told(await stack.api.signUp({ ...body, locale: 'zh-CN' }, key)),
      ]);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('takes as long for a known as for an unknown address', async () => {
    const owner = await verified();
    const ratio = await timeRatio(100, (side) =>
      stack.api.signUp(signUpBody(side === 'known' ? { email: owner.email } : {})),
    );
    // Without the hash of one of them the ratio is below a half.
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.33);
  });
});
