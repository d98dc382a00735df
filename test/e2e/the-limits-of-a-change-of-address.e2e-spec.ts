import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient, PASSWORD } from '../support/api-client.js';
import { anotherNetwork } from '../support/in-line.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';

const LIMIT = 4;

let stack: Stack;
let inPrivate: ApiClient;

beforeAll(async () => {
  stack = await prepareStack({
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    TRUSTED_PROXIES: 'loopback',
    RATE_LIMIT_MAIL: `${LIMIT}/1h`,
  });
  const port = String(await freePort());
  inPrivate = new ApiClient(`http://127.0.0.1:${port}`);
  await Promise.all([
    stack.start('api'),
    stack.start('api', { HTTP_PORT: port, SIGNUP_MODE: 'private' }),
  ]);
});

afterAll(() => stack.stop());

const freshAddress = () => `${randomName()}@example.com`;

/** The token of somebody who has just signed up. */
async function signUp(email = freshAddress()): Promise<string> {
  return (await stack.api.signUp({ email })).body.session.token;
}

async function change(
  token: string,
  email: string,
  { network = anotherNetwork(), api = stack.api } = {},
): Promise<number> {
  const answer = await api.request('POST', '/v1/me/email-changes', {
    token,
    body: { email, password: PASSWORD },
    headers: { 'x-forwarded-for': network },
  });
  return answer.status;
}

/** The statuses of one more than the limit allows. */
async function statusesOf(each: (nth: number) => Promise<number>): Promise<number[]> {
  const statuses = [];
  for (let nth = 0; nth <= LIMIT; nth++) statuses.push(await each(nth));
  return statuses;
}

const allBut = (status: number) => [...Array.from({ length: LIMIT }, () => status), 429];

describe('changes of address', () => {
  it('have a limit for each account, over all networks', async () => {
    const token = await signUp();
    await expect(statusesOf(() => change(token, freshAddress()))).resolves.toEqual(allBut(200));
  });

  it('have a limit for each mailbox, over all accounts and spellings', async () => {
    const name = randomName();
    const statuses = statusesOf(async (nth) =>
      change(await signUp(), `${name}+${nth}@example.com`),
    );
    await expect(statuses).resolves.toEqual(allBut(200));
  });

  it('have a limit for each network, over all accounts', async () => {
    const network = anotherNetwork();
    const statuses = statusesOf(async () => change(await signUp(), freshAddress(), { network }));
    await expect(statuses).resolves.toEqual(allBut(200));
  });

  it('use their limit up in private mode whether the address is taken or not', async () => {
    const [taken, own] = [freshAddress(), freshAddress()];
    await signUp(taken);
    const token = await signUp(own);
    await stack.database.query(
      'UPDATE accounts.users SET email_verified_at = now() WHERE email = ANY($1)',
      [[taken, own]],
    );
    const api = inPrivate;
    for (let nth = 0; nth < LIMIT; nth++)
      await expect(change(token, nth === 0 ? taken : freshAddress(), { api })).resolves.toBe(202);
    await expect(change(token, freshAddress(), { api })).resolves.toBe(429);
  });
});
