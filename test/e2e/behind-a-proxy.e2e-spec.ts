import { request } from 'node:http';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient, PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startNginx, type Nginx } from '../support/nginx.js';
import { prepareStack, type Stack } from '../support/stack.js';

/** The address that the second proxy comes from; both are trusted, the clients are not. */
const OTHER_PROXY = '127.0.0.9';
const GUESSES = 4;

let stack: Stack;
let nginx: Nginx;
const lines: string[] = [];

/** What each location of nginx writes about its client; they differ as the proxies do that people have. */
const WRITES = {
  'x-forwarded-for': 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'x-forwarded-for with a port': 'proxy_set_header X-Forwarded-For "$remote_addr:$remote_port";',
  'x-forwarded-for of two proxies':
    'proxy_set_header X-Forwarded-For "$proxy_add_x_forwarded_for, 127.0.0.9:8080";',
  forwarded:
    'proxy_set_header Forwarded "$http_forwarded, for=\\"$remote_addr:$remote_port\\";proto=http";',
  unknown: 'proxy_set_header X-Forwarded-For unknown;',
  'unknown from elsewhere': `proxy_bind ${OTHER_PROXY}; proxy_set_header X-Forwarded-For unknown;`,
} as const;
type Writes = keyof typeof WRITES;

const pathOf = (writes: Writes) => `/${Object.keys(WRITES).indexOf(writes)}`;

beforeAll(async () => {
  stack = await prepareStack({
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    TRUSTED_PROXIES: `127.0.0.1, ${OTHER_PROXY}`,
    RATE_LIMIT_ACCOUNT_LOGIN: `${GUESSES}/1h`,
  });
  const forwardedPort = String(await freePort());
  await Promise.all([
    stack.start('api', {}, (line) => lines.push(line)),
    stack.start('api', { HTTP_PORT: forwardedPort, FORWARDED_HEADER: 'forwarded' }),
  ]);
  const locations = Object.entries(WRITES).map(([writes, header]) => {
    const api = writes === 'forwarded' ? `http://127.0.0.1:${forwardedPort}` : stack.url;
    return `location ${pathOf(writes as Writes)}/ { ${header} proxy_pass ${api}/; }`;
  });
  nginx = await startNginx(locations.join('\n'));
});

afterAll(async () => {
  await nginx.stop();
  await stack.stop();
});

/** Logs in through nginx; each address of 127.0.0.0/8 is a client of its own to it. */
function logIn(writes: Writes, from: string, credentials: object, headers = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = `${nginx.url}${pathOf(writes)}/v1/sessions`;
    const options = {
      method: 'POST',
      localAddress: from,
      agent: false,
      headers: { 'content-type': 'application/json', ...headers },
    };
    request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .once('error', reject)
      .end(JSON.stringify(credentials));
  });
}

/** Guesses until the limit says stop; answers with how often that took. */
async function guess(
  writes: Writes,
  from: string,
  email: string,
  headers?: (guess: number) => object,
) {
  for (let guesses = 1; guesses <= 3 * GUESSES; guesses++) {
    const password = `a wrong password ${guesses}`;
    if ((await logIn(writes, from, { email, password }, headers?.(guesses))) === 429)
      return guesses;
  }
  return Infinity;
}

async function somebody() {
  const { email } = signUpBody();
  await new ApiClient(stack.url).signUp({ email });
  return { email, password: PASSWORD };
}

const READABLE = (Object.keys(WRITES) as Writes[]).filter((writes) => !writes.includes('unknown'));

describe.each(READABLE)('behind nginx that writes %s', (writes) => {
  it('who guesses a password is locked out, and the owner of the account is not', async () => {
    const owner = await somebody();
    await expect(guess(writes, '127.0.0.2', owner.email)).resolves.toBe(GUESSES + 1);
    await expect(logIn(writes, '127.0.0.2', owner)).resolves.toBe(429);
    await expect(logIn(writes, '127.0.0.3', owner)).resolves.toBe(201);
  });

  it('a client cannot pass for others, whichever header it makes up', async () => {
    const { email } = await somebody();
    const madeUp = (i: number) => ({
      'x-forwarded-for': `198.51.100.${i}`,
      forwarded: `for=198.51.100.${i};by="`,
      'x-real-ip': `198.51.100.${i}`,
    });
    await expect(guess(writes, '127.0.0.4', email, madeUp)).resolves.toBe(GUESSES + 1);
  });
});

describe('behind nginx that names no address', () => {
  it('clients count as that proxy, those of another do not, and the log says so once', async () => {
    const owner = await somebody();
    await expect(guess('unknown', '127.0.0.2', owner.email)).resolves.toBe(GUESSES + 1);
    await expect(logIn('unknown', '127.0.0.3', owner)).resolves.toBe(429);
    await expect(logIn('unknown from elsewhere', '127.0.0.3', owner)).resolves.toBe(201);
    await expect(logIn('x-forwarded-for', '127.0.0.3', owner)).resolves.toBe(201);
    const said = () => lines.filter((line) => line.includes('names no address of its client'));
    await eventually(() => said().length > 0);
    expect(said()).toHaveLength(1);
  });
});
