import { aboutUsher, usherMessaging } from '#libs/contracts';
import { asyncApiDocument } from '#libs/messaging';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await prepareStack();
  await stack.start('api');
});

afterAll(() => stack.stop());

describe('/asyncapi.json', () => {
  it('describes the events, with the pauses between attempts that the API is configured with', async () => {
    const { status, body } = await stack.api.get('/asyncapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(
      JSON.parse(JSON.stringify(asyncApiDocument(usherMessaging, aboutUsher, [1_000, 2_000]))),
    );
  });
});

describe('/docs', () => {
  it('shows it with scripts and styles of our own only', async () => {
    const page = await stack.api.get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.body).not.toMatch(/<style|\sstyle=|\son\w+=|https?:/);
    const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      await expect(stack.api.get(address)).resolves.toMatchObject({ status: 200 });
    }
    expect(page.body).toMatch(/<script src="[^"]+" defer><\/script>/);
  });

  it.each(['/docs/package.json', '/docs/..%2fpackage.json', '/docs/%2e%2e/x', '/docs/index.html'])(
    'serves nothing else, such as %s',
    async (path) => {
      await expect(stack.api.get(path)).resolves.toMatchObject({ status: 404 });
    },
  );
});
