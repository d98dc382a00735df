import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { PASSWORD, signUpBody, type Answer } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { nextToken } from '../support/mail-links.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ SIGNUP_MODE: 'private' });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const post = (path: string, body: object, token?: string) =>
  stack.api.request('POST', path, { body, ...(token && { token }) });

async function member() {
  const body = signUpBody();
  await stack.api.signUp(body);
  const token = await nextToken(stack.smtp, body.email, 'verify-email');
  await post('/v1/email-verifications', { token });
  const { session } = (await post('/v1/sessions', { email: body.email, password: PASSWORD })).body;
  return { email: body.email, token: session.token as string };
}

/** Everything that an answer tells, but for what is new in every answer. */
const told = ({ status, body, headers }: Answer) => ({
  status,
  body,
  headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
});

describe('a change of address in private mode', () => {
  it('is answered alike for a free address, a taken one and a reserved one; a mail goes to the free one', async () => {
    const [person, other, third] = [await member(), await member(), await member()];
    const change = (email: string) =>
      post('/v1/me/email-changes', { email, password: PASSWORD }, person.token);
    const moved = `${randomName()}@example.com`;
    await post('/v1/me/email-changes', { email: moved, password: PASSWORD }, third.token);
    const link = await nextToken(stack.smtp, moved, 'change-email');
    expect((await post('/v1/email-changes/confirm', { token: link })).status).toBe(204);

    const free = `${randomName()}@example.com`;
    const answers = [];
    for (const email of [free, other.email, third.email]) answers.push(told(await change(email)));
    expect(answers[0]).toMatchObject({ status: 202, body: { status: 'check_your_email' } });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);

    await nextToken(stack.smtp, free, 'change-email');
    await eventually(async () => {
      const [row] = await stack.database.query<{ left: number }>(
        'SELECT count(*)::int AS left FROM accounts.deferred_requests',
      );
      return row!.left === 0;
    });
    const asked = await stack.database.query<{ email: string }>(
      `SELECT data ->> 'email' AS email FROM messaging.outbox WHERE type = 'email-change.requested.v1' ORDER BY id`,
    );
    expect(asked.map(({ email }) => email)).toEqual([moved, free]);
  });

  it('a sign-up with a reserved address opens no account, and is answered as any other', async () => {
    const person = await member();
    const moved = `${randomName()}@example.com`;
    await post('/v1/me/email-changes', { email: moved, password: PASSWORD }, person.token);
    const token = await nextToken(stack.smtp, moved, 'change-email');
    await post('/v1/email-changes/confirm', { token });
    await nextToken(stack.smtp, person.email, 'keep-email');

    const [reserved, free] = [signUpBody({ email: person.email }), signUpBody()];
    const answers = [told(await stack.api.signUp(reserved)), told(await stack.api.signUp(free))];
    expect(answers[0]).toEqual(answers[1]);
    await nextToken(stack.smtp, free.email, 'verify-email');
    const [row] = await stack.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM accounts.users WHERE email = $1',
      [person.email],
    );
    expect(row!.count).toBe(0);
  });
});
