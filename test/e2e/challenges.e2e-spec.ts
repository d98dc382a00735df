import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import type { Challenge } from 'altcha-lib';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient, signUpBody } from '../support/api-client.js';
import { encode, solutionOf, solve } from '../support/challenges.js';
import { eventually } from '../support/eventually.js';
import { anotherNetwork, attempt, narrowStack } from '../support/in-line.js';
import { Scrape } from '../support/prometheus-text.js';
import { prepareStack, type Stack } from '../support/stack.js';

const HOUR_MS = 3_600_000;

let stack: Stack;

/** An API with settings of its own, for as long as the work takes. */
async function withApi(
  env: Record<string, string>,
  work: (client: ApiClient, metricsUrl: string) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const app = await stack.start('api', { HTTP_PORT: String(port), ...env });
  try {
    await work(new ApiClient(`http://127.0.0.1:${port}`), app.metricsUrl);
  } finally {
    await app.child.stop();
  }
}

describe('a challenge', () => {
  let challenge: Challenge;
  let solution: string;

  beforeAll(async () => {
    stack = await prepareStack({
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      CHALLENGE: 'altcha',
      CHALLENGE_WHEN: 'always',
      MAIL_BUDGET_NETWORK: 'off',
      MAIL_BUDGET_MAILBOX: 'off',
    });
    await stack.start('api');
    const answer = await stack.api.get('/v1/challenges');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    challenge = answer.body;
    solution = await solve(challenge);
  });

  afterAll(() => stack.stop());

  it('is needed by every sign-up with CHALLENGE_WHEN=always', async () => {
    const body = signUpBody();
    const refused = await stack.api.signUp(body);
    const solved = await solutionOf(refused);
    await expect(stack.api.signUp({ ...body, challenge: solved })).resolves.toMatchObject({
      status: 201,
    });
  });

  const payload = () => JSON.parse(Buffer.from(solution, 'base64').toString());
  const parameters = (change: object) => ({ ...challenge.parameters, ...change });

  it.each<[string, () => string]>([
    ['no Base64', () => 'no, thanks'],
    ['no JSON', () => Buffer.from('{').toString('base64')],
    ['a list', () => encode([payload()])],
    ['nothing', () => ''],
    ['another number', () => encode({ challenge, solution: { counter: 1, derivedKey: '00' } })],
    ['no solution', () => encode({ challenge })],
    [
      'less work',
      () =>
        encode({ ...payload(), challenge: { ...challenge, parameters: parameters({ cost: 1 }) } }),
    ],
    [
      'more time',
      () =>
        encode({
          ...payload(),
          challenge: { ...challenge, parameters: parameters({ expiresAt: 4_000_000_000 }) },
        }),
    ],
    [
      'a forged signature',
      () => encode({ ...payload(), challenge: { ...challenge, signature: 'ab' } }),
    ],
  ])('is not solved by %s', async (_, text) => {
    await expect(stack.api.signUp({ challenge: text() })).resolves.toMatchObject({
      status: 422,
      body: { code: 'invalid_challenge', errors: [{ path: 'challenge' }] },
    });
  });

  it('is refused when it is longer than any solution', async () => {
    await expect(stack.api.signUp({ challenge: 'a'.repeat(4_097) })).resolves.toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    });
  });

  it('lets one of two sign-ups in that come with it at the same time', async () => {
    const answers = await Promise.all([1, 2].map(() => stack.api.signUp({ challenge: solution })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422]);
  });

  it('stays good when the sign-up is refused', async () => {
    const taken = signUpBody();
    const first = await solve((await stack.api.get('/v1/challenges')).body);
    await stack.api.signUp({ ...taken, challenge: first });
    const second = await solve((await stack.api.get('/v1/challenges')).body);
    expect((await stack.api.signUp({ ...taken, challenge: second })).status).toBe(409);
    expect((await stack.api.signUp({ challenge: second })).status).toBe(201);
  });

  it('stays good when another process was faster with the address', () =>
    withApi({}, async (client) => {
      const body = signUpBody();
      const solutions = await Promise.all(
        [1, 2].map(async () => solve((await client.get('/v1/challenges')).body)),
      );
      const answers = await Promise.all(
        [stack.api, client].map((api, nth) => api.signUp({ ...body, challenge: solutions[nth] })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
      const loser = answers.findIndex(({ status }) => status === 409);
      const again = await client.signUp({ challenge: solutions[loser] });
      expect(again.status).toBe(201);
    }));

  it('expires', async () => {
    const late = await solve((await stack.api.get('/v1/challenges')).body);
    await advanceClock(usherMessaging, stack.database, HOUR_MS / 2);
    await expect(stack.api.signUp({ challenge: late })).resolves.toMatchObject({
      status: 422,
      body: { code: 'invalid_challenge' },
    });
  });

  it('is needed with a throw-away address where that is set', () =>
    withApi({ CHALLENGE_WHEN: 'budget', DISPOSABLE_DOMAINS: 'challenge' }, async (client) => {
      const email = `${signUpBody().email.split('@')[0]}@mailinator.com`;
      expect((await client.signUp({ email })).status).toBe(428);
      expect((await client.signUp()).status).toBe(201);
    }));

  it('is not there with CHALLENGE=none, and budgets are only counted', () =>
    withApi({ CHALLENGE: 'none', MAIL_BUDGET_NETWORK: '2/1h' }, async (client, metricsUrl) => {
      const scrape = async (scope: string) =>
        (await Scrape.of(metricsUrl)).value('usher_mail_budget_exceeded_total', { scope });
      for (let i = 0; i < 4; i++) expect((await client.signUp()).status).toBe(201);
      expect(await scrape('network')).toBe(2);
      expect((await client.get('/v1/challenges')).status).toBe(404);
    }));

  it('can be asked for as often as a network may sign up', () =>
    withApi({ RATE_LIMIT_SIGNUP: '2/1h' }, async (client) => {
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push((await client.get('/v1/challenges')).status);
      expect(statuses).toEqual([200, 200, 429]);
    }));
});

describe('a place in the line', () => {
  beforeAll(async () => {
    stack = await narrowStack({
      CHALLENGE: 'altcha',
      MAIL_BUDGET_NETWORK: 'off',
      TRUSTED_PROXIES: 'loopback',
    });
    await stack.start('api');
  });

  afterAll(() => stack.stop());

  const comeFrom = (network: string, body: object) => attempt(stack.api, body, { network });

  it('costs a solved challenge while hardly anybody comes back', async () => {
    const isOver = new AbortController();
    // Bots take tickets and do not use them.
    const bots = (async () => {
      while (!isOver.signal.aborted) {
        const crowd = Array.from({ length: 20 }, () => comeFrom(anotherNetwork(), signUpBody()));
        await Promise.all(crowd);
      }
    })();
    bots.catch(() => undefined);
    try {
      const refused = await eventually(async () => {
        const answer = await comeFrom(anotherNetwork(), signUpBody());
        return answer.status === 428 && answer;
      }, 120_000);
      expect(refused.headers.has('usher-ticket')).toBe(false);
      const challenge = await solutionOf(refused);
      // Without a ticket it is another try in some seconds; an account when the line is over.
      await eventually(async () => {
        const paid = await comeFrom(anotherNetwork(), signUpBody({ challenge }));
        return paid.status === 201 || (paid.status === 503 && paid.headers.has('usher-ticket'));
      });
    } finally {
      isOver.abort();
      await bots;
    }
  });
});
