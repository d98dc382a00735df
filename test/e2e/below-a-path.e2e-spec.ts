import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient, PASSWORD, signUpBody } from '../support/api-client.js';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { startNginx, type Nginx } from '../support/nginx.js';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;
let port: number;
let publicUrl: string;
let nginx: Nginx;
let api: ApiClient;

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
  port = await freePort();
  publicUrl = `http://127.0.0.1:${port}/usher`;
  await stack.start('api', { PUBLIC_URL: `${publicUrl}/` });
  api = new ApiClient(publicUrl);
});

afterAll(() => stack.stop());

describe.each([
  ['strips the path', '/'],
  ['passes the path on', ''],
])('below a path, behind nginx that %s', (_kind, target) => {
  beforeAll(async () => {
    nginx = await startNginx(
      `location /usher { return 308 /usher/; }
       location /usher/ { proxy_set_header Host $http_host; proxy_pass ${stack.url}${target}; }`,
      port,
    );
  });

  afterAll(() => nginx.stop());

  it('a person signs up, and the cookie that comes is the session of this installation alone', async () => {
    const body = signUpBody();
    const { status, headers } = await api.signUp(body);
    expect(status).toBe(201);
    const [cookie] = headers.getSetCookie();
    expect(cookie).toMatch(/^usher_session-usher=[\w-]{43}; .*Path=\/; .*HttpOnly; SameSite=Lax$/);
    const own = { cookie: cookie!.split(';')[0]!, origin: new URL(publicUrl).origin };
    await expect(api.request('GET', '/v1/me', { headers: own })).resolves.toMatchObject({
      status: 200,
      body: { email: body.email },
    });
    await expect(
      api.request('DELETE', '/v1/sessions/current', { headers: own }),
    ).resolves.toMatchObject({ status: 204 });
    const { headers: again } = await api.request('POST', '/v1/sessions', {
      body: { email: body.email, password: PASSWORD },
    });
    expect(again.getSetCookie()[0]).toMatch(/^usher_session-usher=/);
  });

  it.each(['/', '/ops', '/verify-email', '/verify-email/', '/reset-password', '/docs', '/docs/'])(
    'the document %s names only files that are there',
    async (path) => {
      const { body } = await api.get(path);
      const named = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
      expect(named.length).toBeGreaterThan(2);
      for (const url of named) {
        expect(url).toMatch(/^\/usher\/(assets|docs)\//);
        const { status } = await fetch(new URL(url, publicUrl));
        expect([url, status]).toEqual([url, 200]);
      }
    },
  );

  it('the reference reads its document from there, which names the address', async () => {
    expect((await api.get('/docs/start.js')).body).toContain("url: '/usher/openapi.json'");
    const { body } = await api.get('/openapi.json');
    expect(body.servers).toEqual([{ url: publicUrl }]);
  });

  it('a timeline is streamed', async () => {
    const { body } = await api.signUp();
    const url = `${publicUrl}/v1/me/onboarding/stream`;
    const stream = await EventStreamReader.open(url, body.session.token);
    await eventually(() => stream.of('step').length === 3);
    stream.close();
  });

  it('an unknown page is a problem of the API, not of the proxy', async () => {
    await expect(api.get('/nothing')).resolves.toMatchObject({ body: { code: 'not_found' } });
  });
});
