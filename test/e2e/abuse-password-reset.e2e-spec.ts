import { usherMessaging } from '#libs/contracts';
import { signLinkToken, type LinkClaims, type LinkPurpose } from '#libs/link-tokens';
import { planTopology } from '#libs/messaging';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { linkIn, nextMail, nextToken } from '../support/mail-links.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';
import { timeRatio } from '../support/timing.js';

const KEY = 'a-signing-key-of-the-tests-of-resets';
const NEW_PASSWORD = 'a new and better password';
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
let refusals: Refusals;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ LINK_SIGNING_KEY: KEY });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
  refusals = new Refusals(stack.database);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  stack.api.request('POST', path, { body, headers });
const requestReset = (email: string, headers?: Record<string, string>) =>
  post('/v1/password-resets', { email }, headers);
const confirm = (token: string, password = NEW_PASSWORD) =>
  post('/v1/password-resets/confirm', { token, password });
const logIn = (email: string, password: string) => post('/v1/sessions', { email, password });
const tokenFor = async (email: string, seen = 0) => {
  await requestReset(email);
  return nextToken(stack.smtp, email, 'reset-password', seen);
};
const me = (token: string) => stack.api.get('/v1/me', token);

async function person() {
  const body = signUpBody();
  const { body: answer } = await stack.api.signUp(body);
  return {
    ...body,
    id: answer.user.id as string,
    token: answer.session.token as string,
  };
}

describe('a forgotten password', () => {
  it('is replaced by the link in the mail: the old one and every session are dead', async () => {
    const { email, token } = await person();
    const { body: second } = await logIn(email, PASSWORD);
    const link = await tokenFor(email);

    await expect(confirm(link)).resolves.toMatchObject({ status: 204, body: '' });

    for (const session of [token, second.session.token]) {
      await expect(me(session)).resolves.toMatchObject({ status: 401 });
    }
    await expect(logIn(email, PASSWORD)).resolves.toMatchObject({ status: 401 });
    const { status, body } = await logIn(email, NEW_PASSWORD);
    expect(status).toBe(201);
    // Whoever has the mail has the address.
    expect(body.user.emailVerified).toBe(true);
  });

  it('is replaced once: the link, and all others that were sent, are spent', async () => {
    const { email } = await person();
    const first = await tokenFor(email);
    const second = await tokenFor(email, 1);
    await expect(confirm(second)).resolves.toMatchObject({ status: 204 });

    for (const link of [first, second]) {
      await refusals.expect(confirm(link, 'yet another password'), 422, 'token_used');
    }
    await expect(logIn(email, NEW_PASSWORD)).resolves.toMatchObject({ status: 201 });
  });

  it('is replaced once even when the link is used twenty times at once', async () => {
    const { email } = await person();
    const link = await tokenFor(email);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => confirm(link, `${NEW_PASSWORD} ${i}`)),
    );

    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
  });

  it('is not replaced by a bad one, and the link can be used again', async () => {
    const { email } = await person();
    const link = await tokenFor(email);
    for (const password of ['short', 'passwordpassword', email.padEnd(15, '.'), 'x'.repeat(257)]) {
      const own = password.startsWith(email) ? email : password;
      if (own === email && email.length < 15) continue;
      await refusals.expect(confirm(link, own), 422, 'validation_failed', 'password');
    }
    await expect(confirm(link)).resolves.toMatchObject({ status: 204 });
  });
});

describe('asking for a new password', () => {
  it('is answered alike whether or not the address has an account', async () => {
    const { email } = await person();
    const known = await requestReset(email);
    const unknown = await requestReset('nobody-at-all@example.com');
    const shapeOf = ({ status, body, headers }: typeof known) => ({
      status,
      body,
      headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
      cookie: headers.get('set-cookie'),
    });

    expect(shapeOf(unknown)).toEqual(shapeOf(known));
    expect(known).toMatchObject({ status: 202, body: { status: 'check_your_email' } });
    await nextToken(stack.smtp, email, 'reset-password');
    expect(stack.smtp.to('nobody-at-all@example.com')).toEqual([]);
  });

  it('takes as long for a known as for an unknown address', async () => {
    const { email } = await person();
    const ratio = await timeRatio(100, (side, turn) =>
      requestReset(side === 'known' ? email : `${turn}-${email}`),
    );
    // Looking before the answer, a known address makes a token and an event in between.
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.33);
  });

  it('sends a link to PUBLIC_URL and to one recipient, whatever the request says of hosts', async () => {
    const { email } = await person();
    await requestReset(email, {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '10.1.1.1',
      forwarded: 'host=evil.example',
      'x-original-url': 'https://evil.example/',
    });
    const mail = await nextMail(stack.smtp, email, 'reset-password');

    expect(linkIn(mail)).toContain(`${stack.url}/reset-password#token=`);
    expect(mail.raw).not.toContain('evil.example');
    expect(mail.raw).toMatch(new RegExp(`^To: ${email}\r$`, 'm'));
  });

  it('needs an address that is one', async () => {
    await refusals.expect(requestReset('no address'), 422, 'validation_failed', 'email');
    const twice = { email: 'a@example.com', cc: 'b@example.com' };
    await refusals.expect(post('/v1/password-resets', twice), 422, 'validation_failed', 'cc');
  });
});

describe('a link is refused that', () => {
  const sign = (claims: LinkClaims, purpose: LinkPurpose = 'password-reset', at = new Date()) =>
    signLinkToken(KEY, purpose, claims, at);
  let mike: Awaited<ReturnType<typeof person>>;

  beforeAll(async () => {
    mike = await person();
  });

  const claims = () => ({ userId: mike.id, email: mike.email, credentialVersion: 1 });

  it.each<[string, () => Promise<string>]>([
    ['has expired', () => sign(claims(), 'password-reset', new Date(Date.now() - 3_601_000))],
    ['is for another purpose', () => sign(claims(), 'email-verification')],
    ['names no password', () => sign({ userId: mike.id, email: mike.email })],
    ['names a password to come', () => sign({ ...claims(), credentialVersion: 2 })],
    ['names another address', () => sign({ ...claims(), email: 'eve@example.com' })],
    [
      'is signed by another key',
      () => signLinkToken('x'.repeat(32), 'password-reset', claims(), new Date()),
    ],
    ['is altered', async () => (await sign(claims())).replace(/.{9}$/, 'AAAAAAAAA')],
    ['is no token', async () => 'made-up'],
  ])('%s', async (_what, make) => {
    await refusals.expect(confirm(await make()), 422, 'invalid_token');
  });

  it('names an older password: it was used, and is called so when it has expired as well', async () => {
    const used = { ...claims(), credentialVersion: 0 };
    await refusals.expect(confirm(await sign(used)), 422, 'token_used');
    const longAgo = await sign(used, 'password-reset', new Date(Date.now() - 3_601_000));
    await refusals.expect(confirm(longAgo), 422, 'token_used');
  });

  it("is somebody else's", async () => {
    const eve = await person();
    await refusals.expect(
      confirm(await sign({ ...claims(), userId: eve.id })),
      422,
      'invalid_token',
    );
    await refusals.expect(
      confirm(await sign({ ...claims(), email: eve.email })),
      422,
      'invalid_token',
    );
  });

  it('is for a reset but used to verify an address, and the other way round', async () => {
    const verification = await sign(claims(), 'email-verification');
    await refusals.expect(confirm(verification), 422, 'invalid_token');
    const asking = post('/v1/email-verifications', { token: await sign(claims()) });
    await refusals.expect(asking, 422, 'invalid_token');
  });

  it('none of these were, when the same token is genuine', async () => {
    await expect(confirm(await sign(claims()))).resolves.toMatchObject({ status: 204 });
  });
});

describe('an attacker who signed up with the address of a victim', () => {
  it('loses session, password and Idempotency-Key when the victim resets by mail', async () => {
    const key = { 'idempotency-key': 'kept-by-the-attacker' };
    const body = signUpBody();
    const { body: hijacked } = await stack.api.signUp(body, key);
    const replay = () => stack.api.signUp(body, key);
    const { body: again } = await replay();
    await expect(me(again.session.token)).resolves.toMatchObject({ status: 200 });

    await expect(confirm(await tokenFor(body.email))).resolves.toMatchObject({ status: 204 });

    for (const session of [hijacked.session.token, again.session.token]) {
      await expect(me(session)).resolves.toMatchObject({ status: 401 });
    }
    await expect(logIn(body.email, PASSWORD)).resolves.toMatchObject({ status: 401 });
    await refusals.expect(replay(), 409, 'email_taken');
    await expect(stack.api.signUp({ ...body, password: NEW_PASSWORD }, key)).resolves.toMatchObject(
      { status: 409 },
    );
  });
});

describe('another verification link', () => {
  const resend = (options: { token?: string; body?: unknown }) =>
    stack.api.request('POST', '/v1/email-verifications/resend', options);
  const verify = (token: string) => post('/v1/email-verifications', { token });

  it('comes to whoever is logged in, works, and is not sent to an address that is verified', async () => {
    const { email, token } = await person();
    await nextToken(stack.smtp, email, 'verify-email');
    await expect(resend({ token })).resolves.toMatchObject({ status: 202 });
    const link = await nextToken(stack.smtp, email, 'verify-email', 1);
    await expect(verify(link)).resolves.toMatchObject({ status: 204 });
    await expect(resend({ token })).resolves.toMatchObject({ status: 202 });
    // What was asked for earlier has been dealt with when a later mail is there.
    await tokenFor(email);
    expect(stack.smtp.to(email)).toHaveLength(3);
  });

  it('can be asked for by address, and the answer tells nothing', async () => {
    const { email } = await person();
    const known = await resend({ body: { email } });
    const unknown = await resend({ body: { email: 'nobody-again@example.com' } });
    expect(known).toMatchObject({ status: 202, body: { status: 'check_your_email' } });
    expect({ status: unknown.status, body: unknown.body }).toEqual({
      status: known.status,
      body: known.body,
    });
    await nextToken(stack.smtp, email, 'verify-email', 1);
    expect(stack.smtp.to('nobody-again@example.com')).toEqual([]);
  });

  it('that has done its work changes nothing, but for another address it is worthless', async () => {
    const { id, email } = await person();
    const sign = (claims: LinkClaims, at = new Date()) =>
      signLinkToken(KEY, 'email-verification', claims, at);
    const link = await nextToken(stack.smtp, email, 'verify-email');
    const longAgo = await sign({ userId: id, email }, new Date(Date.now() - 8 * 86_400_000));
    await refusals.expect(verify(longAgo), 422, 'invalid_token');
    await expect(verify(link)).resolves.toMatchObject({ status: 204 });
    for (const again of [link, longAgo]) {
      const { status, headers } = await verify(again);
      expect([status, headers.get('idempotency-replayed')]).toEqual([204, 'true']);
    }
    const other = await person();
    const wrong = [
      { userId: id, email: other.email },
      { userId: other.id, email },
    ];
    for (const claims of wrong) {
      await refusals.expect(verify(await sign(claims)), 422, 'invalid_token');
    }
  });

  it('needs an address or a session', async () => {
    await refusals.expect(resend({}), 401, 'unauthenticated');
    await refusals.expect(resend({ token: 'x'.repeat(43) }), 401, 'unauthenticated');
  });
});
