import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { solutionOf } from '../support/challenges.js';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { anotherNetwork } from '../support/in-line.js';
import { Scrape } from '../support/prometheus-text.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';

const HOUR_MS = 3_600_000;
const OF_NETWORK = 5;

let stack: Stack;
let api: RunningApp;

beforeAll(async () => {
  stack = await prepareStack({
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    TRUSTED_PROXIES: 'loopback',
    CHALLENGE: 'altcha',
    MAIL_BUDGET_NETWORK: `${OF_NETWORK}/1h`,
  });
  api = await stack.start('api');
});

afterAll(() => stack.stop());

/** Signs up from a network that nobody has come from before, unless one is given. */
const signUp = (change: object = {}, network = anotherNetwork(), headers = {}) =>
  stack.api.signUp(change, { 'x-forwarded-for': network, ...headers });

const post = (path: string, body: object, token?: string) =>
  stack.api.request('POST', path, {
    body,
    ...(token && { token }),
    headers: { 'x-forwarded-for': anotherNetwork() },
  });

const spellingsOf = (count: number) => {
  const name = randomName();
  return Array.from({ length: count }, (_, i) => `${name}+${i}@example.com`);
};

const counted = async (metric: string, labels: Record<string, string>) =>
  (await Scrape.of(api.metricsUrl)).value(metric, labels) ?? 0;

const accounts = async (where: string, ...values: unknown[]) => {
  const [row] = await stack.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM accounts.users WHERE ${where}`,
    values,
  );
  return row!.count;
};

describe('a mailbox', () => {
  it('gets three mails an hour, however it is written; a sign-up beyond that solves a challenge', async () => {
    const [first, second, third, fourth, fifth] = spellingsOf(5);
    for (const email of [first, second, third]) expect((await signUp({ email })).status).toBe(201);
    const before = await counted('usher_mail_budget_exceeded_total', { scope: 'mailbox' });

    const refused = await signUp({ email: fourth });
    expect(refused).toMatchObject({
      status: 428,
      body: {
        code: 'challenge_required',
        challenge: {
          parameters: { algorithm: 'PBKDF2/SHA-256', nonce: expect.any(String) },
          signature: expect.any(String),
        },
      },
    });
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await accounts('email = $1', fourth)).toBe(0);
    expect(await counted('usher_mail_budget_exceeded_total', { scope: 'mailbox' })).toBe(
      before + 1,
    );

    const challenge = await solutionOf(refused);
    await expect(signUp({ email: fourth, challenge })).resolves.toMatchObject({ status: 201 });
    await expect(signUp({ email: fifth, challenge })).resolves.toMatchObject({
      status: 422,
      body: { code: 'invalid_challenge', errors: [{ path: 'challenge' }] },
    });
    expect(await accounts('email = $1', fifth)).toBe(0);
  });

  it('gets three when all come at the same time', async () => {
    const answers = await Promise.all(spellingsOf(12).map((email) => signUp({ email })));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, 201, 201, ...Array.from({ length: 9 }, () => 428)]);
  });

  it('gets one again when one is an hour old', async () => {
    const [first, second, third, fourth, fifth] = spellingsOf(5);
    await signUp({ email: first });
    await advanceClock(usherMessaging, stack.database, HOUR_MS / 2);
    await signUp({ email: second });
    await signUp({ email: third });
    expect((await signUp({ email: fourth })).status).toBe(428);
    await advanceClock(usherMessaging, stack.database, HOUR_MS / 2 + HOUR_MS / 50);
    expect((await signUp({ email: fourth })).status).toBe(201);
    expect((await signUp({ email: fifth })).status).toBe(428);
  });

  it('is charged for links that are asked for, which are sent all the same', async () => {
    const [email, other] = spellingsOf(2);
    await signUp({ email });
    for (let i = 0; i < 3; i++) await post('/v1/password-resets', { email });
    await eventually(async () => {
      const [row] = await stack.database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM messaging.outbox
          WHERE type = 'password-reset.requested.v1' AND data ->> 'email' = $1`,
        [email],
      );
      return row!.count === 3;
    });
    expect((await signUp({ email: other })).status).toBe(428);
  });

  it('is charged for a correction of an address', async () => {
    const [first, second, third, fourth] = spellingsOf(4);
    for (const email of [first, second]) await signUp({ email });
    const token = (await signUp()).body.session.token as string;
    const change = await post('/v1/me/email-changes', { email: third, password: PASSWORD }, token);
    expect(change.status).toBe(200);
    expect((await signUp({ email: fourth })).status).toBe(428);
  });
});

describe('a network', () => {
  it('causes so many mails; another one is not touched', async () => {
    const network = anotherNetwork();
    for (let i = 0; i < OF_NETWORK; i++) expect((await signUp({}, network)).status).toBe(201);
    expect((await signUp({}, network)).status).toBe(428);
    expect((await signUp()).status).toBe(201);
  });

  it('is not charged for what is refused', async () => {
    const network = anotherNetwork();
    const { email } = signUpBody();
    await signUp({ email });
    for (let i = 0; i < OF_NETWORK; i++) {
      expect((await signUp({ email }, network)).status).toBe(409);
      expect((await signUp({ email: 'none' }, network)).status).toBe(422);
    }
    for (let i = 0; i < OF_NETWORK; i++) expect((await signUp({}, network)).status).toBe(201);
  });

  it('of many people: all of them sign up, each after a challenge', async () => {
    const network = anotherNetwork();
    const people = Array.from({ length: 12 }, () => signUpBody());
    const statuses = [];
    for (const person of people) {
      const first = await signUp(person, network);
      if (first.status === 201) continue;
      const challenge = await solutionOf(first);
      statuses.push((await signUp({ ...person, challenge }, network)).status);
    }
    expect(statuses).toEqual(Array.from({ length: people.length - OF_NETWORK }, () => 201));
  });
});

describe('an Idempotency-Key', () => {
  it('stands for the same request with a solution and without, and is answered though the budget is used up', async () => {
    const [first, second, third, fourth] = spellingsOf(4);
    for (const email of [first, second, third]) await signUp({ email });
    const person = signUpBody({ email: fourth });
    const key = { 'idempotency-key': randomName() };
    const challenge = await solutionOf(await signUp(person, undefined, key));
    const created = await signUp({ ...person, challenge }, undefined, key);
    expect(created.status).toBe(201);
    for (const change of [{ challenge }, {}]) {
      const replayed = await signUp({ ...person, ...change }, undefined, key);
      expect(replayed).toMatchObject({ status: 201, body: { user: created.body.user } });
      expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    }
  });
});

describe('an attack', () => {
  it('from 2,000 networks on the mailboxes of three domains sends three mails to each, and others sign up meanwhile', async () => {
    const victims = ['one', 'two', 'three'].flatMap((domain) =>
      Array.from({ length: 4 }, () => `${randomName()}@${domain}.example`),
    );
    const isOver = new AbortController();
    const others: number[] = [];
    const stream = (async () => {
      while (!isOver.signal.aborted) others.push((await signUp()).status);
    })();
    stream.catch(() => undefined);
    let next = 0;
    const attack = async () => {
      for (let i = next++; i < 2_000 || others.length <= 10; i = next++) {
        const [name, domain] = victims[i % victims.length]!.split('@');
        const answer = await signUp({ email: `${name}+${i}@${domain}` });
        expect([201, 428]).toContain(answer.status);
      }
    };
    try {
      await Promise.all(Array.from({ length: 8 }, attack));
    } finally {
      isOver.abort();
      await stream;
    }

    const mails = await stack.database.query<{ mailbox: string; count: number }>(
      `SELECT regexp_replace(data ->> 'email', '\\+[0-9]+@', '@') AS mailbox, count(*)::int AS count
         FROM messaging.outbox WHERE data ->> 'email' ~ '@(one|two|three)\\.example$' GROUP BY 1`,
    );
    expect(mails.toSorted((a, b) => a.mailbox.localeCompare(b.mailbox))).toEqual(
      victims.toSorted((a, b) => a.localeCompare(b)).map((mailbox) => ({ mailbox, count: 3 })),
    );
    expect(others.every((status) => status === 201)).toBe(true);
  });
});
