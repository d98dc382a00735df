import { usherMessaging } from '#libs/contracts';
import { signLinkToken } from '#libs/link-tokens';
import { advanceClock, planTopology } from '#libs/messaging';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { decoded, nextToken } from '../support/mail-links.js';
import { canReadMail, readMail } from '../support/read-mail.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const KEY = 'a-key-of-thirty-two-characters!!';
const DAY_MS = 86_400_000;
const topology = planTopology(usherMessaging, [1_000, 2_000]);
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ LINK_SIGNING_KEY: KEY });
  await Promise.all([
    stack.start('api'),
    stack.start('email-worker', {
      PUBLIC_URL: 'https://usher.example/app',
      MAIL_FROM: 'Usher <hello@mail.usher.example>',
      DKIM_DOMAIN: 'usher.example',
      DKIM_SELECTOR: 'mail2026',
      DKIM_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    }),
  ]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

async function signUp(change: object = {}) {
  const body = signUpBody(change);
  const { user, session } = (await stack.api.signUp(body)).body;
  return { email: body.email, id: user.id as string, token: session.token as string };
}

const linkOf = async (userId: string, issuedAt = new Date()) =>
  `/unsubscribe/${await signLinkToken(KEY, 'unsubscribe', { userId }, issuedAt)}`;

const tipsOf = async (token: string) => (await stack.api.get('/v1/me', token)).body.tips;

const get = (path: string) => stack.api.get(path);

/** As a mail program does when its button is pressed: RFC 8058, section 3.2. */
const post = (path: string) =>
  stack.api.request('POST', path, {
    body: 'List-Unsubscribe=One-Click',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'cross-site',
      origin: 'https://mail.example',
    },
  });

describe('the link that ends tips', () => {
  it('shows a page and changes nothing when it is opened', async () => {
    const person = await signUp();
    const page = await get(await linkOf(person.id));
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.body).toContain('Do you want no more tips?');
    expect(page.body).toMatch(/<form method="post">/);
    await expect(tipsOf(person.token)).resolves.toBe(true);
  });

  it('ends them when it is posted to, without a session, and says so each time', async () => {
    const person = await signUp();
    const link = await linkOf(person.id);
    for (let time = 0; time < 2; time++) {
      const answer = await post(link);
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toContain('You get no more tips');
      await expect(tipsOf(person.token)).resolves.toBe(false);
    }
    const { upcoming } = (await stack.api.get('/v1/me/onboarding', person.token)).body;
    expect(upcoming).toEqual([]);
  });

  it('speaks the language of the person', async () => {
    const person = await signUp({ locale: 'zh-CN' });
    const page = await get(await linkOf(person.id));
    expect(page.body).toContain('<html lang="zh-CN">');
    expect(page.body).toContain('不再接收使用建议');
    const expired = await get(await linkOf(person.id, new Date(Date.now() - 366 * DAY_MS)));
    expect(expired.status).toBe(400);
    expect(expired.body).toContain('<html lang="zh-CN">');
  });

  it('helps with a page when it is forged, cut off, or of another purpose', async () => {
    const person = await signUp();
    const link = await linkOf(person.id);
    const verification = await signLinkToken(
      KEY,
      'email-verification',
      { userId: person.id, email: person.email },
      new Date(),
    );
    for (const bad of [
      `${link.slice(0, -3)}abc`,
      link.slice(0, -20),
      '/unsubscribe/hello',
      `/unsubscribe/${verification}`,
      await linkOf(randomUUID()),
    ])
      for (const answer of [await get(bad), await post(bad)]) {
        expect(answer.status).toBe(400);
        expect(answer.body).toContain('This link does not work');
        expect(answer.body).toContain('To your account');
      }
    for (const cut of ['/unsubscribe', '/unsubscribe/']) {
      const answer = await get(cut);
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('This link does not work');
    }
    await expect(tipsOf(person.token)).resolves.toBe(true);
  });

  it('is good for a year', async () => {
    const person = await signUp();
    await expect(
      get(await linkOf(person.id, new Date(Date.now() - 364 * DAY_MS))),
    ).resolves.toMatchObject({ status: 200 });
    const old = await linkOf(person.id, new Date(Date.now() - 366 * DAY_MS));
    const answer = await post(old);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('This link has expired');
    await expect(tipsOf(person.token)).resolves.toBe(true);
  });
});

describe('the mail with tips, as it arrives', () => {
  const signed = canReadMail || process.env['CI'] ? it : it.skip;

  signed(
    'has the two headers of one click, and a signature that covers them',
    async () => {
      const person = await signUp();
      const verification = await nextToken(stack.smtp, person.email, 'verify-email');
      await stack.api.request('POST', '/v1/email-verifications', { body: { token: verification } });
      await advanceClock(usherMessaging, stack.database, 4 * DAY_MS);
      const mail = await eventually(() =>
        stack.smtp.to(person.email).find((each) => decoded(each).includes('Three tips')),
      );
      const read = readMail(mail, {
        'mail2026._domainkey.usher.example': `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
      });
      expect(read).toMatchObject({ isGenuine: true, reason: null, domain: 'usher.example' });
      expect(read.signed).toEqual(
        expect.arrayContaining(['from', 'list-unsubscribe', 'list-unsubscribe-post']),
      );
      expect(read.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
      const [, link] = /^<(https:\/\/usher\.example\/app\/unsubscribe\/[\w.-]+)>$/.exec(
        read.headers['list-unsubscribe']!,
      )!;
      expect(decoded(mail)).toContain(`Send me no more tips: ${link}`);

      // The link leads to what people reach; here the API has no path before it.
      await expect(post(new URL(link!).pathname.replace('/app', ''))).resolves.toMatchObject({
        status: 200,
      });
    },
    60_000,
  );
});
