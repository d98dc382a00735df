import { advanceClock } from '#libs/messaging';
import { usherMessaging } from '#libs/contracts';
import {
  confirmation,
  newSigner,
  notification,
  signed,
  TOPIC,
  type SnsFields,
} from '../../libs/mail-feedback/src/sns/signed-message.fixture.js';
import { FakeSns } from '../support/fake-sns.js';
import { FeedbackStack, type MailedPerson } from '../support/feedback-stack.js';

const AUTH = 'usher:a-password-of-postmark';
const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;
const MIB = 1_048_576;

let usher: FeedbackStack;
let sns: FakeSns;

beforeAll(async () => {
  sns = await FakeSns.start();
  usher = await FeedbackStack.start({
    api: {
      MAIL_FEEDBACK_SES_TOPIC_ARN: TOPIC,
      MAIL_FEEDBACK_POSTMARK_AUTH: AUTH,
      ...sns.env,
    },
    worker: { MAIL_PROVIDER: 'ses' },
  });
});

afterAll(async () => {
  await usher.stop();
  await sns.stop();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  usher.stack.api.request('POST', `/v1/mail-feedback/${path}`, { body, headers });

/** As Amazon SNS posts: JSON that calls itself text. */
const postSns = (fields: SnsFields, key = sns.signer.key) =>
  post('ses', JSON.stringify(signed(fields, key)), { 'content-type': 'text/plain; charset=UTF-8' });

const postPostmark = (body: unknown, credentials = AUTH) =>
  post('postmark', body, { authorization: basic(credentials) });

const bounceOf = ({ email, mailId }: Pick<MailedPerson, 'email' | 'mailId'>) => ({
  notificationType: 'Bounce',
  mail: { headers: [{ name: 'X-Usher-Mail-Id', value: mailId }] },
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [{ emailAddress: email, status: '5.1.1' }],
    timestamp: new Date().toISOString(),
  },
});

const postmark = (RecordType: string, { email, mailId }: MailedPerson, change: object = {}) => ({
  RecordType,
  Metadata: { 'usher-mail-id': mailId },
  ...(RecordType === 'Delivery'
    ? { Recipient: email, DeliveredAt: new Date().toISOString() }
    : { Email: email, BouncedAt: new Date().toISOString(), Type: 'HardBounce' }),
  ...change,
});

describe('Amazon SES, by Amazon SNS', () => {
  it('gets a mail with its id, and says that it bounced; once is enough', async () => {
    const person = await usher.signUp();
    expect(usher.stack.smtp.to(person.email)[0]!.raw).toMatch(
      new RegExp(`^X-SES-MESSAGE-TAGS: usher-mail-id=${person.mailId}\\r$`, 'im'),
    );
    for (let times = 0; times < 3; times++) {
      const { status } = await postSns(notification(bounceOf(person)));
      expect(status).toBe(204);
      await usher.becomes(person, 'bounced');
    }
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(1);
    await expect(usher.reasons(person.email)).resolves.toEqual(['bounced']);
  });

  it('counts once what comes several times at the same moment', async () => {
    const person = await usher.signUp();
    const sent = notification(bounceOf(person));
    const answers = await Promise.all(Array.from({ length: 10 }, () => postSns(sent)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 204));
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(1);
  });

  it.each<[string, (person: MailedPerson) => Promise<{ status: number; body: unknown }>]>([
    [
      'from another topic',
      (person) =>
        postSns({ ...notification(bounceOf(person)), TopicArn: TOPIC.replace('usher', 'other') }),
    ],
    [
      'signed by somebody else',
      (person) => postSns(notification(bounceOf(person)), newSigner().key),
    ],
    [
      'changed after it was signed',
      (person) =>
        post(
          'ses',
          JSON.stringify({
            ...signed(notification('{}'), sns.signer.key),
            Message: JSON.stringify(bounceOf(person)),
          }),
        ),
    ],
  ])('is not believed what is %s', async (_what, send) => {
    const person = await usher.signUp();
    const { status, body } = await send(person);
    expect([status, body]).toEqual([401, expect.objectContaining({ code: 'invalid_signature' })]);
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(0);
  });

  it('says nothing about a mail of ours to somebody else, nor with an id that was changed', async () => {
    const [person, other] = [await usher.signUp(), await usher.signUp()];
    for (const mail of [
      { email: other.email, mailId: person.mailId },
      { email: person.email, mailId: `${person.mailId.slice(0, -4)}aaaa` },
      { email: person.email, mailId: 'none' },
    ])
      expect((await postSns(notification(bounceOf(mail)))).status).toBe(204);
    for (const each of [person, other]) {
      await expect(usher.events('mail.bounced.v1', each)).resolves.toBe(0);
      await expect(usher.delivery(each)).resolves.toBe('sent');
    }
  });

  it('has its subscription confirmed', async () => {
    expect((await postSns(confirmation())).status).toBe(204);
    expect(sns.asked.at(-1)).toMatch(/^\/\?Action=ConfirmSubscription&/);
  });

  it('is asked to send again while its certificate cannot be fetched, or a subscription not be confirmed', async () => {
    const person = await usher.signUp();
    sns.isUp = false;
    const url = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-new.pem';
    const message = {
      ...signed(notification(bounceOf(person)), sns.signer.key),
      SigningCertURL: url,
    };
    try {
      for (const body of [JSON.stringify(message), undefined]) {
        const answer = body ? await post('ses', body) : await postSns(confirmation());
        expect(answer.status).toBe(503);
        expect(answer.body.code).toBe('certificate_unavailable');
        expect(answer.headers.get('retry-after')).toBe('30');
      }
    } finally {
      sns.isUp = true;
    }
    expect((await post('ses', JSON.stringify(message))).status).toBe(204);
    await usher.becomes(person, 'bounced');
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'x'],
    ['no message of SNS', '{}'],
    ['zeros', Buffer.alloc(1_000)],
    ['JSON of a megabyte', JSON.stringify({ Message: 'x'.repeat(MIB - 100) })],
  ])('that posts %s is answered 400', async (_what, body) => {
    const answer = await post('ses', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_request']);
  });

  it('that posts more than 1 MiB is answered 413', async () => {
    const answer = await post('ses', 'x'.repeat(MIB + 1));
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
  });
});

describe('Postmark', () => {
  it('says that a mail was delivered, and then that it was unwanted, which the person is not shown', async () => {
    const person = await usher.signUp();
    expect((await postPostmark(postmark('Delivery', person))).status).toBe(204);
    await usher.becomes(person, 'delivered');
    for (let times = 0; times < 2; times++)
      expect((await postPostmark(postmark('SpamComplaint', person))).status).toBe(204);
    const marker = await usher.signUp();
    await postPostmark(postmark('Bounce', marker));
    await usher.becomes(marker, 'bounced');
    await expect(usher.events('mail.complained.v1', person)).resolves.toBe(1);
    await expect(usher.step(person)).resolves.toEqual({
      name: 'welcome-email',
      status: 'done',
      attempts: 1,
      delivery: 'delivered',
      completedAt: expect.any(String),
      latencyMs: expect.any(Number),
    });
    await expect(usher.reasons(person.email)).resolves.toEqual(['complained']);
  });

  it.each([
    ['a wrong password', basic('usher:a-password-of-somebody')],
    ['another scheme', `Bearer ${AUTH}`],
    ['none', ''],
  ])('is not believed with %s', async (_what, authorization) => {
    const person = await usher.signUp();
    const answer = await post('postmark', postmark('Bounce', person), { authorization });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(0);
  });

  it('says of other things what is of no interest, and nothing that cannot be read', async () => {
    const person = await usher.signUp();
    expect((await postPostmark(postmark('Open', person))).status).toBe(204);
    expect((await postPostmark(postmark('Bounce', person, { BouncedAt: 'soon' }))).status).toBe(
      400,
    );
    await expect(usher.delivery(person)).resolves.toBe('sent');
  });
});

describe('feedback that comes out of order, or too late', () => {
  it('a bounce stays one, whatever comes after it', async () => {
    const person = await usher.signUp();
    await postPostmark(postmark('Bounce', person));
    await usher.becomes(person, 'bounced');
    await postPostmark(postmark('Delivery', person));
    await postSns(notification(bounceOf(person)));
    await expect(usher.delivery(person)).resolves.toBe('bounced');
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(1);
  });

  it('of a mail that is older than 14 days it changes nothing', async () => {
    const person = await usher.signUp();
    await advanceClock(usherMessaging, usher.stack.database, 14 * 86_400_000);
    expect((await postPostmark(postmark('Bounce', person))).status).toBe(204);
    await expect(usher.events('mail.bounced.v1', person)).resolves.toBe(0);
  });
});
