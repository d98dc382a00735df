import { ApiClient, PASSWORD, signUpBody, type Answer } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { prepareStack, type Stack } from '../support/stack.js';

/** In the line a sign-up above the limit waits; here it is refused, as everything else is. */
const LIMITS = {
  LINE: 'off',
  RATE_LIMIT_SIGNUP: '5/1h',
  RATE_LIMIT_LOGIN: '20/1h',
  RATE_LIMIT_MAIL: '3/1h',
  RATE_LIMIT_ACCOUNT_LOGIN: '4/1h',
};

let stack: Stack;
/** Believes X-Forwarded-For, as behind a proxy on this machine. */
let behindProxy: ApiClient;
/** Another instance on the same database. */
let other: ApiClient;
/** Stands in the open: whatever a request says of its origin counts for nothing. */
let exposed: ApiClient;

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1', ...LIMITS });
  const instance = async (env: Record<string, string>) => {
    const port = await freePort();
    await stack.start('api', { HTTP_PORT: String(port), ...env });
    return new ApiClient(`http://127.0.0.1:${port}`);
  };
  [behindProxy, other, exposed] = await Promise.all([
    instance({ TRUSTED_PROXIES: 'loopback, 10.0.0.0/8' }),
    instance({ TRUSTED_PROXIES: '127.0.0.1/32' }),
    instance({}),
  ]);
});

afterAll(() => stack.stop());

const from = (address: string) => ({ 'x-forwarded-for': address });
const signUp = (address: string, api = behindProxy) => api.signUp({}, from(address));
const logIn = (address: string, email: string, password: string, api = behindProxy) =>
  api.request('POST', '/v1/sessions', { body: { email, password }, headers: from(address) });
const statusesOf = async (times: number, ask: (i: number) => Promise<Answer>) => {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await ask(i)).status);
  return statuses;
};
const times = (status: number, count: number) => Array.from({ length: count }, () => status);

describe('sign-ups', () => {
  it('of one address are limited, and told when to come back; another address is not', async () => {
    expect(await statusesOf(5, () => signUp('203.0.113.1'))).toEqual(times(201, 5));
    const refused = await signUp('203.0.113.1');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', status: 429 } });
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(3_600);
    expect((await signUp('203.0.113.2')).status).toBe(201);
  });

  it('of rotating addresses in one /64 count together; the next /64 does not', async () => {
    const rotating = (i: number) => signUp(`2001:db8:0:1:${i}:${i * 7}:abcd:${i + 1}`);
    expect(await statusesOf(7, rotating)).toEqual([...times(201, 5), 429, 429]);
    expect((await signUp('2001:db8:0:2::1')).status).toBe(201);
  });

  it('of an IPv4 address in IPv6 clothes are its own', async () => {
    expect(await statusesOf(5, () => signUp('203.0.113.3'))).toEqual(times(201, 5));
    expect((await signUp('::ffff:203.0.113.3')).status).toBe(429);
  });

  it('count in all instances together', async () => {
    const alternating = (i: number) => signUp('203.0.113.4', i % 2 ? other : behindProxy);
    expect(await statusesOf(7, alternating)).toEqual([...times(201, 5), 429, 429]);
  });

  it('count in parallel, too', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => signUp('203.0.113.5')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });

  it('that are refused for their body count as well', async () => {
    const bad = () =>
      behindProxy.request('POST', '/v1/signups', { body: {}, headers: from('203.0.113.6') });
    expect(await statusesOf(6, bad)).toEqual([...times(422, 5), 429]);
  });

  it('cannot pass for those of another address where no proxy is trusted', async () => {
    const pretending = (i: number) => signUp(`198.51.100.${i}`, exposed);
    expect(await statusesOf(7, pretending)).toEqual([...times(201, 5), 429, 429]);
  });

  it('cannot pass for those of another address in front of a trusted proxy', async () => {
    // The proxy has appended what it saw; the rest is what the client made up.
    const pretending = (i: number) => signUp(`198.51.100.${i}, 203.0.113.7, 10.0.0.1`);
    expect(await statusesOf(7, pretending)).toEqual([...times(201, 5), 429, 429]);
  });

  it.each([
    '//v1//signups',
    '/v1/signups/',
    '/V1/SIGNUPS',
    '/v1/%73ignups',
    '/v1/./signups',
    '/v1/signups?x=1',
    '/v1/signups%2F',
  ])('at %s meet the same limit, or nothing at all', async (path) => {
    await statusesOf(6, () => signUp('203.0.113.8'));
    const answer = await behindProxy.request('POST', path, {
      body: signUpBody(),
      headers: from('203.0.113.8'),
    });
    expect([404, 429]).toContain(answer.status);
  });
});

describe('failed log-ins', () => {
  it('to one account are limited, and do not lock out its owner, who comes from elsewhere', async () => {
    const { email } = signUpBody();
    await behindProxy.signUp({ email }, from('203.0.113.20'));
    const guess = (i: number) => logIn('203.0.113.66', email, `a wrong password ${i}`);
    expect(await statusesOf(6, guess)).toEqual([...times(401, 4), 429, 429]);
    // Nor does the right one pass there: that would make guessing worth while.
    expect((await logIn('203.0.113.66', email, PASSWORD)).status).toBe(429);
    expect((await logIn('203.0.113.66', email, PASSWORD, other)).status).toBe(429);

    expect((await logIn('203.0.113.20', email, PASSWORD)).status).toBe(201);
    expect((await logIn('203.0.113.21', email, PASSWORD)).status).toBe(201);
  });

  it('in parallel slip by no more than one after the other', async () => {
    const { email } = signUpBody();
    await behindProxy.signUp({ email }, from('203.0.113.22'));
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => logIn('203.0.113.67', email, 'a wrong password')),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(8);
  });

  it('are limited alike for an address that nobody has', async () => {
    const guess = () => logIn('203.0.113.68', 'nobody-knows@example.com', 'a wrong password');
    expect(await statusesOf(6, guess)).toEqual([...times(401, 4), 429, 429]);
  });

  it('are forgotten after one that worked', async () => {
    const { email } = signUpBody();
    await behindProxy.signUp({ email }, from('203.0.113.23'));
    const wrong = () => logIn('203.0.113.69', email, 'a wrong password');
    for (let round = 0; round < 2; round++) {
      expect(await statusesOf(3, wrong)).toEqual(times(401, 3));
      expect((await logIn('203.0.113.69', email, PASSWORD)).status).toBe(201);
    }
  });

  it('of one network are limited over all accounts', async () => {
    const guess = (i: number) =>
      logIn('203.0.113.70', `person-${i}@example.net`, 'a wrong password');
    expect(await statusesOf(22, guess)).toEqual([...times(401, 20), 429, 429]);
  });
});

describe('requests for a mail', () => {
  const reset = (address: string, email: string) =>
    behindProxy.request('POST', '/v1/password-resets', { body: { email }, headers: from(address) });
  const resend = (address: string, email: string) =>
    behindProxy.request('POST', '/v1/email-verifications/resend', {
      body: { email },
      headers: from(address),
    });

  it('of one network are limited together', async () => {
    const statuses = [
      ...(await statusesOf(2, () => reset('203.0.113.30', 'a@example.com'))),
      ...(await statusesOf(2, () => resend('203.0.113.30', 'b@example.com'))),
    ];
    expect(statuses).toEqual([202, 202, 202, 429]);
  });

  it('of many networks do not flood one recipient, and take no other mail from them', async () => {
    const { email } = signUpBody();
    const { body } = await behindProxy.signUp({ email }, from('203.0.113.31'));
    const flood = (i: number) => reset(`203.0.113.${100 + i}`, email);
    expect(await statusesOf(8, flood)).toEqual(times(202, 8));
    expect((await resend('203.0.113.150', email)).status).toBe(202);
    await eventually(async () => {
      const left = await stack.database.query('SELECT 1 FROM accounts.deferred_requests');
      return left.length === 0;
    });
    const events = await stack.database.query(
      `SELECT type, count(*)::int AS events FROM messaging.outbox WHERE subject = $1
        GROUP BY type ORDER BY type`,
      [body.user.id],
    );
    expect(events).toEqual([
      { type: 'email-verification.requested.v1', events: 1 },
      { type: 'password-reset.requested.v1', events: 3 },
      { type: 'user.registered.v1', events: 1 },
    ]);
  });

  it('for several accounts of one mailbox are limited together', async () => {
    const [name, domain] = signUpBody().email.split('@');
    const accounts = [1, 2, 3].map((nth) => `${name}+${nth}@${domain}`);
    for (const [nth, email] of accounts.entries())
      await behindProxy.signUp({ email }, from(`203.0.113.${200 + nth}`));
    for (let nth = 0; nth < 9; nth++)
      expect((await reset(`203.0.113.${210 + nth}`, accounts[nth % 3]!)).status).toBe(202);
    await eventually(async () => {
      const left = await stack.database.query('SELECT 1 FROM accounts.deferred_requests');
      return left.length === 0;
    });
    const [mails] = await stack.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM messaging.outbox
        WHERE type = 'password-reset.requested.v1' AND data ->> 'email' = ANY($1)`,
      [accounts],
    );
    expect(mails!.count).toBe(3);
  });
});

it('the counts tell no address of a person or a machine', async () => {
  const rows = await stack.database.query<{ key: string }>('SELECT key FROM accounts.rate_limits');
  expect(rows.length).toBeGreaterThan(10);
  for (const { key } of rows) expect(key).toMatch(/^[a-z]+:[\w-]{43}$/);
});
