import { PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { RunningStack } from '../support/running-stack.js';

const DONE_WITHIN_MS = 20_000;

let stack: RunningStack;

beforeAll(async () => {
  stack = await RunningStack.find();
});

afterAll(() => stack?.stop(), 60_000);

interface Step {
  readonly name: string;
  readonly status: string;
  readonly attempts: number;
  readonly completedAt: string;
  readonly latencyMs: number;
}

const completed = (token: string): Promise<Step[]> =>
  eventually(async () => {
    const { body } = await stack.api.get('/v1/me/onboarding', token);
    return body.complete && body.steps;
  }, DONE_WITHIN_MS);

/** Somebody whose follow-ups are all done. */
async function someone(change: object = {}) {
  const body = signUpBody({ email: `${crypto.randomUUID()}@example.com`, ...change });
  const { status, body: answer } = await stack.api.signUp(body);
  expect(status).toBe(201);
  const token = answer.session.token as string;
  return { email: answer.user.email as string, token, steps: await completed(token) };
}

const listOf = async (token: string) => (await stack.api.get('/v1/me/recommendations', token)).body;

const inboxOf = async (token: string) => (await stack.api.get('/v1/me/notifications', token)).body;

describe('after a sign-up', () => {
  let person: Awaited<ReturnType<typeof someone>>;

  beforeAll(async () => {
    person = await someone({ displayName: 'Grace <Hopper>' });
  });

  it('the timeline says done three times, with latencies', () => {
    expect(person.steps.map(({ name }) => name)).toEqual([
      'welcome-email',
      'recommendations',
      'getting-started-guide',
    ]);
    for (const step of person.steps) {
      expect(step).toMatchObject({ status: 'done', attempts: 1 });
      expect(step.latencyMs).toBeGreaterThan(0);
      expect(Date.parse(step.completedAt)).not.toBeNaN();
    }
  });

  it('one mail has come, without a name that is not made as names are; its link verifies the address, and says so when that was before', async () => {
    const mails = await stack.mailsTo(person.email);
    expect(mails).toHaveLength(1);
    const [{ subject, text, html }] = mails as [(typeof mails)[0]];
    expect(subject).toBe('Welcome to Usher');
    expect(html).toContain('Hello,');
    expect(html + text).not.toContain('Hopper');
    const token = /#token=([\w.-]+)/.exec(text)?.[1];
    const verify = () => stack.api.request('POST', '/v1/email-verifications', { body: { token } });
    const first = await verify();
    expect(first).toMatchObject({ status: 204 });
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    await expect(stack.api.get('/v1/me', person.token)).resolves.toMatchObject({
      body: { emailVerified: true },
    });
    const second = await verify();
    expect(second).toMatchObject({ status: 204, body: '' });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('there are 20 recommendations, and the first ones say why', async () => {
    const list = await listOf(person.token);
    expect(list).toMatchObject({ status: 'ready', fallback: 'none' });
    const ranks = list.items.map(({ rank }: { rank: number }) => rank);
    expect(ranks).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const tags = list.items[0].because.map(({ tag }: { tag: string }) => tag);
    expect(tags).not.toHaveLength(0);
    expect(['databases', 'chess']).toEqual(expect.arrayContaining(tags));
  });

  it('one unread guide is in the inbox, and can be marked as read', async () => {
    const inbox = await inboxOf(person.token);
    expect(inbox).toMatchObject({
      unread: 1,
      nextCursor: null,
      items: [{ kind: 'getting-started-guide', readAt: null }],
    });
    const path = `/v1/me/notifications/${inbox.items[0].id}`;
    const mark = async (read: boolean) => {
      const { body } = await stack.api.request('PATCH', path, {
        body: { read },
        token: person.token,
      });
      return body;
    };
    expect(Date.parse((await mark(true)).readAt)).not.toBeNaN();
    await expect(inboxOf(person.token)).resolves.toMatchObject({ unread: 0 });
    expect((await mark(false)).readAt).toBeNull();
    await expect(
      stack.api.request('POST', '/v1/me/notifications/read-all', { token: person.token }),
    ).resolves.toMatchObject({ status: 204 });
    await expect(inboxOf(person.token)).resolves.toMatchObject({ unread: 0 });
  });

  it("another person's notification is not there for anyone else", async () => {
    const inbox = await inboxOf(person.token);
    const other = await someone();
    const answer = await stack.api.request('PATCH', `/v1/me/notifications/${inbox.items[0].id}`, {
      body: { read: true },
      token: other.token,
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('other interests lead to another list', async () => {
    const before = await listOf(person.token);
    await stack.api.request('PATCH', '/v1/me', {
      body: { interests: ['cooking'] },
      token: person.token,
    });
    const after = await eventually(async () => {
      const list = await listOf(person.token);
      return list.items[0].itemId !== before.items[0].itemId && list;
    }, DONE_WITHIN_MS);
    expect(after.items[0].because).toMatchObject([{ tag: 'cooking' }]);
  });

  it('the session ends when it is asked to, and the password opens another', async () => {
    const { email, token } = await someone();
    await stack.api.request('DELETE', '/v1/sessions/current', { token });
    await expect(stack.api.get('/v1/me', token)).resolves.toMatchObject({ status: 401 });
    const again = await stack.api.request('POST', '/v1/sessions', {
      body: { email, password: PASSWORD },
    });
    expect(again).toMatchObject({ status: 201, body: { user: { email } } });
  });
});

it('everything speaks Chinese to those who do', async () => {
  const { email, token } = await someone({ locale: 'zh-CN', displayName: '李雷' });
  expect((await inboxOf(token)).items[0].title).toBe('新手指南');
  const [mail] = await stack.mailsTo(email);
  expect(mail!.subject).toMatch(/\p{Script=Han}/u);
  const { body: interests } = await stack.api.request('GET', '/v1/interests', {
    headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' },
  });
  const chess = interests.find(({ tag }: { tag: string }) => tag === 'chess');
  expect(chess.label).toMatch(/\p{Script=Han}/u);
});

it('a sign-up that is repeated with its key is one account', async () => {
  const body = signUpBody({ email: `${crypto.randomUUID()}@example.com` });
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const [first, second] = await Promise.all([
    stack.api.signUp(body, headers),
    stack.api.signUp(body, headers),
  ]);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(first.body.user.id).toBe(second.body.user.id);
  await completed(first.body.session.token);
  await expect(stack.mailsTo(body.email)).resolves.toHaveLength(1);
  await expect(stack.api.signUp(body)).resolves.toMatchObject({
    status: 409,
    body: { code: 'email_taken' },
  });
});
