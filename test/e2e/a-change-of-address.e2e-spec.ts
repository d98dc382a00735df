import { usherMessaging } from '#libs/contracts';
import { advanceClock, planTopology } from '#libs/messaging';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { decoded, nextToken } from '../support/mail-links.js';
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
  stack = await prepareStack({ RATE_LIMIT_ACCOUNT_LOGIN: '3/10m' });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const freshAddress = () => `${randomName()}@example.com`;

interface Member {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

async function signUp(email = freshAddress()): Promise<Member> {
  const { user, session } = (await stack.api.signUp({ email })).body;
  return { id: user.id, email, token: session.token };
}

const post = (path: string, body: object, token?: string) =>
  stack.api.request('POST', path, { body, ...(token && { token }) });

const change = ({ token }: Member, email: string, password = PASSWORD) =>
  post('/v1/me/email-changes', { email, password }, token);

const confirm = (token: string) => post('/v1/email-changes/confirm', { token });
const undo = (token: string) => post('/v1/email-changes/undo', { token });
const tokenTo = (email: string, page: string, seen = 0) => nextToken(stack.smtp, email, page, seen);

async function verified(email?: string): Promise<Member> {
  const member = await signUp(email);
  const token = await tokenTo(member.email, 'verify-email');
  expect((await post('/v1/email-verifications', { token })).status).toBe(204);
  return member;
}

/** Changes an address by the link to the new one. */
async function changeByLink(member: Member) {
  const email = freshAddress();
  expect((await change(member, email)).status).toBe(202);
  const token = await tokenTo(email, 'change-email');
  expect((await confirm(token)).status).toBe(204);
  return { member, email, token };
}

const changed = async () => changeByLink(await verified());

const addressOf = async ({ token }: Member) => (await stack.api.get('/v1/me', token)).body.email;

const addressesOf = ({ id }: Member) =>
  stack.database.query(
    `SELECT email, (SELECT count(*)::int FROM accounts.reserved_addresses WHERE user_id = $1) AS reserved
       FROM accounts.users WHERE id = $1`,
    [id],
  );

const eventsOf = (type: string, { id }: Member) =>
  stack.database.query<{ data: object }>(
    'SELECT data FROM messaging.outbox WHERE type = $1 AND subject = $2 ORDER BY id',
    [type, id],
  );

describe('an address that was not verified', () => {
  it('is corrected at once: the old link dies, and the new address gets a welcome mail', async () => {
    const member = await signUp();
    const oldLink = await tokenTo(member.email, 'verify-email');
    const email = freshAddress();
    const answer = await change(member, email.toUpperCase());
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: member.id, email, emailVerified: false });

    expect((await post('/v1/email-verifications', { token: oldLink })).body.code).toBe(
      'invalid_token',
    );
    const newLink = await tokenTo(email, 'verify-email');
    expect((await post('/v1/email-verifications', { token: newLink })).status).toBe(204);
    await expect(eventsOf('user.email-changed.v1', member)).resolves.toEqual([
      { data: expect.objectContaining({ userId: member.id, email, verified: false }) },
    ]);
    const known = () =>
      stack.database.query<{ email: string }>(
        'SELECT email FROM email.recipients WHERE user_id = $1',
        [member.id],
      );
    await eventually(async () => (await known())[0]?.email === email);
  });

  it('has a step that follows the new mail', async () => {
    const member = await signUp();
    const step = async () => {
      const { body } = await stack.api.get('/v1/me/onboarding', member.token);
      return body.steps.find(({ name }: { name: string }) => name === 'welcome-email');
    };
    await eventually(async () => (await step()).delivery === 'sent');
    let letGo = () => undefined as void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    stack.smtp.rule = () => held.then(() => undefined);
    try {
      expect((await change(member, freshAddress())).status).toBe(200);
      await eventually(async () => (await step()).status !== 'done');
      expect((await step()).delivery).toBeUndefined();
    } finally {
      letGo();
      stack.smtp.rule = () => undefined;
    }
    await eventually(async () => (await step()).delivery === 'sent');
  });

  it('stays as it is when it is the same, or no address, or another account has the new one', async () => {
    const [member, other] = [await signUp(), await signUp()];
    expect((await change(member, member.email)).body.email).toBe(member.email);
    const taken = await change(member, other.email);
    expect([taken.status, taken.body.code]).toEqual([409, 'email_taken']);
    const none = await change(member, 'nobody');
    expect([none.status, none.body.errors[0].path]).toEqual([422, 'email']);
    await expect(addressOf(member)).resolves.toBe(member.email);
    await expect(eventsOf('user.email-changed.v1', member)).resolves.toEqual([]);
  });

  it('goes to one of two people who want it at the same time', async () => {
    const members = [await signUp(), await signUp()];
    const email = freshAddress();
    const answers = await Promise.all(members.map((member) => change(member, email)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it('is changed by nobody without session and password, and guesses are counted', async () => {
    const member = await signUp();
    expect((await change({ ...member, token: 'x' }, freshAddress())).status).toBe(401);
    for (let guesses = 0; guesses < 3; guesses++) {
      const { status, body } = await change(member, freshAddress(), 'not the password at all');
      expect([status, body.code]).toEqual([401, 'invalid_credentials']);
    }
    const { status, body } = await change(member, freshAddress());
    expect([status, body.code]).toEqual([429, 'rate_limited']);
    await expect(addressOf(member)).resolves.toBe(member.email);
  });
});

describe('an address that is verified', () => {
  it('stays until the link to the new one is used; a second click is fine', async () => {
    const member = await verified();
    const email = freshAddress();
    const answer = await change(member, email);
    expect([answer.status, answer.body]).toEqual([202, { status: 'check_your_email' }]);
    const token = await tokenTo(email, 'change-email');
    await expect(addressOf(member)).resolves.toBe(member.email);

    expect((await confirm(token)).status).toBe(204);
    await expect(stack.api.get('/v1/me', member.token)).resolves.toMatchObject({
      body: { email, emailVerified: true },
    });
    const again = await confirm(token);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([204, 'true']);
    await expect(eventsOf('user.email-changed.v1', member)).resolves.toEqual([
      { data: expect.objectContaining({ email, verified: true }) },
    ]);
  });

  it('is refused when the new one is taken, also meanwhile', async () => {
    const [member, other] = [await verified(), await signUp()];
    expect((await change(member, other.email)).body.code).toBe('email_taken');
    const email = freshAddress();
    await change(member, email);
    const token = await tokenTo(email, 'change-email');
    await signUp(email);
    const { status, body } = await confirm(token);
    expect([status, body.code]).toEqual([409, 'email_taken']);
    await expect(addressOf(member)).resolves.toBe(member.email);
  });

  it('is reserved for seven days after a change', async () => {
    const { member } = await changed();
    const signUpAgain = () => stack.api.signUp({ email: member.email });
    expect((await signUpAgain()).body.code).toBe('email_taken');
    expect((await change(await signUp(), member.email)).body.code).toBe('email_taken');
    await advanceClock(usherMessaging, stack.database, 7 * DAY_MS);
    expect((await signUpAgain()).status).toBe(201);
  });

  it('may be used again by the same person', async () => {
    const { member } = await changed();
    expect((await change(member, member.email)).status).toBe(202);
    expect((await confirm(await tokenTo(member.email, 'change-email'))).status).toBe(204);
    await expect(addressOf(member)).resolves.toBe(member.email);
  });

  it('links of before a change, or of another one, do nothing', async () => {
    const member = await verified();
    const [first, second] = [freshAddress(), freshAddress()];
    for (const email of [first, second]) await change(member, email);
    const toFirst = await tokenTo(first, 'change-email');
    const toSecond = await tokenTo(second, 'change-email');
    expect((await confirm(toSecond)).status).toBe(204);
    const late = await confirm(toFirst);
    expect([late.status, late.body.code]).toEqual([400, 'invalid_token']);
    for (const token of ['x', toSecond.slice(0, -3), await tokenTo(member.email, 'verify-email')])
      expect((await confirm(token)).body.code).toBe('invalid_token');
    expect((await undo(toSecond)).body.code).toBe('invalid_token');
  });

  it('its link works for a day', async () => {
    const member = await verified();
    const email = freshAddress();
    await change(member, email);
    const token = await tokenTo(email, 'change-email');
    await advanceClock(usherMessaging, stack.database, DAY_MS + 1_000);
    expect((await confirm(token)).status).toBe(400);
  });
});

describe('the old address', () => {
  it('takes the account back: sessions end, later changes are gone, a link for a new password comes', async () => {
    const { member, email } = await changed();
    const token = await tokenTo(member.email, 'keep-email');
    const third = freshAddress();
    await change(member, third);
    const later = await tokenTo(third, 'change-email');

    expect((await undo(token)).status).toBe(204);
    expect((await stack.api.get('/v1/me', member.token)).status).toBe(401);
    const { email: old } = member;
    expect((await post('/v1/sessions', { email: old, password: PASSWORD })).status).toBe(401);
    expect((await confirm(later)).status).toBe(400);
    const resetToken = await tokenTo(member.email, 'reset-password');
    const password = 'another horse battery';
    expect(
      (await post('/v1/password-resets/confirm', { token: resetToken, password })).status,
    ).toBe(204);
    const login = await post('/v1/sessions', { email: member.email, password });
    expect(login.status).toBe(201);
    expect((await post('/v1/sessions', { email, password })).status).toBe(401);
    const again = await undo(token);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([204, 'true']);
  });

  it('takes it back past a second change', async () => {
    const { member } = await changed();
    const token = await tokenTo(member.email, 'keep-email');
    await changeByLink(member);
    expect((await undo(token)).status).toBe(204);
    await expect(addressesOf(member)).resolves.toEqual([{ email: member.email, reserved: 0 }]);
  });

  it('keeps its link when a later address takes the account back: that one may be a stranger', async () => {
    const { member, email: second } = await changed();
    const first = await tokenTo(member.email, 'keep-email');
    await changeByLink(member);
    expect((await undo(await tokenTo(second, 'keep-email'))).status).toBe(204);
    expect((await post('/v1/signups', signUpBody({ email: member.email }))).status).toBe(409);
    expect((await undo(first)).status).toBe(204);
    await expect(addressesOf(member)).resolves.toEqual([{ email: member.email, reserved: 0 }]);
  });

  it('has seven days for it', async () => {
    const { member } = await changed();
    const token = await tokenTo(member.email, 'keep-email');
    await advanceClock(usherMessaging, stack.database, 7 * DAY_MS + 1_000);
    const { status, body } = await undo(token);
    expect([status, body.code]).toEqual([400, 'invalid_token']);
  });
});

it('the mails say what they are for, in the language of the account', async () => {
  const body = signUpBody({ locale: 'zh-CN' });
  const { user, session } = (await stack.api.signUp(body)).body;
  const member = { id: user.id as string, email: body.email, token: session.token as string };
  const link = await tokenTo(member.email, 'verify-email');
  await post('/v1/email-verifications', { token: link });
  const email = freshAddress();
  await change(member, email);
  await confirm(await tokenTo(email, 'change-email'));
  await tokenTo(member.email, 'keep-email');
  const textOf = (to: string, page: string) =>
    decoded(stack.smtp.to(to).find((mail) => decoded(mail).includes(`/${page}#`))!);
  expect(textOf(email, 'change-email')).toContain('使用这个邮箱');
  expect(textOf(member.email, 'keep-email')).toContain('不是我改的：取回我的账号');
});
