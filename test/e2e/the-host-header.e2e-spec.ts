import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { signUpBody } from '../support/api-client.js';
import { startNginx, type Nginx } from '../support/nginx.js';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;
let publicUrl: string;

beforeAll(async () => {
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  stack = await prepareStack({ PUBLIC_URL: publicUrl });
  await stack.start('api');
});

afterAll(() => stack.stop());

/** A sign-up by a page, in a browser that knows no fetch metadata. */
async function signUpFrom(origin: string): Promise<number> {
  const { status } = await fetch(`${publicUrl}/v1/signups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(signUpBody()),
  });
  return status;
}

describe.each([
  ['passes Host on', 'proxy_set_header Host $http_host;'],
  ['takes the port out of Host', 'proxy_set_header Host $host;'],
  ['puts another port into Host', 'proxy_set_header Host $host:443;'],
  ['puts its own name for the API into Host', ''],
])('an nginx that %s', (_, directive) => {
  let nginx: Nginx;

  beforeAll(async () => {
    const location = `location / { ${directive} proxy_pass ${stack.url}; }`;
    nginx = await startNginx(location, Number(new URL(publicUrl).port));
  });

  afterAll(() => nginx.stop());

  it('lets the page of PUBLIC_URL in, and no other', async () => {
    expect(await signUpFrom(publicUrl)).toBe(201);
    expect(await signUpFrom('https://evil.example')).toBe(403);
  });
});
