import { usherMessaging } from '#libs/contracts';
import { advanceClock, planTopology } from '#libs/messaging';
import { signUpBody, type Answer } from '../support/api-client.js';
import { solutionOf } from '../support/challenges.js';
import { eventually } from '../support/eventually.js';
import { nextToken } from '../support/mail-links.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const DAY_MS = 86_400_000;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({
    SIGNUP_MODE: 'private',
    CHALLENGE: 'altcha',
    MAIL_BUDGET_NETWORK: 'off',
  });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  stack.api.request('POST', path, { body, headers });

async function member({ verified }: { verified: boolean }): Promise<string> {
  const { email } = signUpBody();
  await stack.api.signUp({ email });
  const token = await nextToken(stack.smtp, email, 'verify-email');
  if (verified) await post('/v1/email-verifications', { token });
  return email;
}

/** A challenge is another one each time, and so is the hash of the body that carries it. */
const newInEach = (status: number) => ['date', 'x-request-id', ...(status === 428 ? ['etag'] : [])];

/** Everything that an answer says, with the random parts of a challenge by their lengths. */
const said = ({ status, body, headers }: Answer) => ({
  status,
  body: JSON.stringify(body)
    .replaceAll(/"[0-9a-f]{32,}"/g, ([...text]) => `${text.length} digits`)
    .replace(/"expiresAt":\d{10}/, '"expiresAt":…'),
  headers: [...headers].filter(([name]) => !newInEach(status).includes(name)),
});

/** Waits until everything that was asked for so far has been looked into. */
const settled = () =>
  eventually(async () => {
    const [row] = await stack.database.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM accounts.deferred_requests',
    );
    return row!.left === 0;
  });

describe('a budget at its last mail, in private mode', () => {
  it('is answered alike for a free address, a taken one and a verified one, in any order of requests', async () => {
    const members = [await member({ verified: false }), await member({ verified: true })];
    // What it cost to make the members is forgotten.
    await advanceClock(usherMessaging, stack.database, DAY_MS);

    const [signUp, reset] = ['/v1/signups', '/v1/password-resets'];
    const resend = '/v1/email-verifications/resend';
    const sequences = [
      [reset, resend, signUp, signUp, reset, resend],
      [resend, resend, reset, signUp, signUp],
      [signUp, reset, signUp, signUp, resend, signUp],
    ];
    for (const sequence of sequences) {
      const [free, ...others] = await Promise.all(
        [`${randomName()}@example.com`, ...members].map(async (email) => {
          const answers = [];
          for (const path of sequence)
            answers.push(await post(path, path === signUp ? signUpBody({ email }) : { email }));
          return answers.map(said);
        }),
      );
      expect(free!.map(({ status }) => status)).toContain(428);
      for (const other of others) expect(other).toEqual(free);
      await advanceClock(usherMessaging, stack.database, DAY_MS);
    }
  });

  it('lets a sign-up through that has solved its challenge, for a free and for a taken address', async () => {
    const addresses = [`${randomName()}@example.com`, await member({ verified: true })];
    await advanceClock(usherMessaging, stack.database, DAY_MS);
    for (const email of addresses) {
      for (let i = 0; i < 3; i++) await post('/v1/password-resets', { email });
      const body = signUpBody({ email });
      const challenge = await solutionOf(await post('/v1/signups', body));
      await expect(post('/v1/signups', { ...body, challenge })).resolves.toMatchObject({
        status: 202,
      });
    }
    await settled();
    const mails = await stack.database.query<{ type: string; email: string }>(
      `SELECT type, data ->> 'email' AS email FROM messaging.outbox
        WHERE data ->> 'email' = ANY($1)
          AND type IN ('user.registered.v1', 'user.sign-up-repeated.v1') ORDER BY id`,
      [addresses],
    );
    expect(mails.filter(({ email }) => email === addresses[0])).toEqual([
      { type: 'user.registered.v1', email: addresses[0] },
    ]);
    expect(mails.filter(({ email }) => email === addresses[1]).at(-1)).toEqual({
      type: 'user.sign-up-repeated.v1',
      email: addresses[1],
    });
  });

  it('answers a request with a known Idempotency-Key as before', async () => {
    const { email } = signUpBody();
    const body = signUpBody({ email });
    const key = { 'idempotency-key': randomName() };
    expect((await post('/v1/signups', body, key)).status).toBe(202);
    for (let i = 0; i < 3; i++) await post('/v1/password-resets', { email });
    const replayed = await post('/v1/signups', body, key);
    expect(replayed.status).toBe(202);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  });
});
