import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const EMAIL_QUEUE = 'email-worker.send-welcome-email';
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
let emailWorker: RunningApp;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  await Promise.all([
    stack.start('api'),
    stack.start('recommendation-worker'),
    stack.start('notification-worker'),
    stack.start('email-worker').then((app) => (emailWorker = app)),
  ]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const onboarding = async (token: string) => (await stack.api.get('/v1/me/onboarding', token)).body;

const completed = (token: string) =>
  eventually(async () => {
    const timeline = await onboarding(token);
    return timeline.complete && timeline;
  });

const stepOf = async (token: string, name: string) =>
  (await onboarding(token)).steps.find((step: { name: string }) => step.name === name);

describe('a sign-up', () => {
  it('is followed by one mail in two parts, to the canonical address, with an id that every attempt would have', async () => {
    const { body: answer } = await stack.api.signUp({ email: ' Grace@Example.com ' });
    await completed(answer.session.token);
    const mails = stack.smtp.to('grace@example.com');
    expect(mails).toHaveLength(1);
    const { raw } = mails[0]!;
    expect(raw).toContain('Content-Type: text/plain');
    expect(raw).toContain('Content-Type: text/html');
    const [row] = await stack.database.query<{ event_id: string; message_id: string }>(
      `SELECT m.event_id, m.message_id FROM email.messages AS m
         JOIN accounts.users AS u ON u.registration_event_id = m.event_id WHERE u.email = 'grace@example.com'`,
    );
    expect(row!.message_id).toBe(`<${row!.event_id}.welcome@usher.example>`);
    expect(raw).toContain(`Message-ID: ${row!.message_id}`);
  });

  it('gives its request id to the event', async () => {
    const { headers, body: answer } = await stack.api.signUp(
      {},
      { 'x-request-id': 'my-request-1' },
    );
    expect(headers.get('x-request-id')).toBe('my-request-1');
    const [row] = await stack.database.query<{ correlation_id: string }>(
      'SELECT correlation_id FROM messaging.outbox WHERE subject = $1',
      [answer.user.id],
    );
    expect(row!.correlation_id).toBe('my-request-1');
    await completed(answer.session.token);
  });
});

describe('a worker that is stopped', () => {
  it('loses nothing: sign-ups are accepted, its queue grows, and every mail comes once when it is back', async () => {
    await emailWorker.child.stop();
    const people = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const body = signUpBody();
        const { status, body: answer } = await stack.api.signUp(body);
        expect(status).toBe(201);
        return { email: body.email, token: answer.session.token as string };
      }),
    );
    await eventually(async () => (await broker.depth(EMAIL_QUEUE)) === 5);
    for (const { email, token } of people) {
      expect(stack.smtp.to(email)).toHaveLength(0);
      await expect(stepOf(token, 'welcome-email')).resolves.toMatchObject({
        status: 'pending',
        attempts: 0,
      });
    }
    emailWorker = await stack.start('email-worker');
    for (const { token } of people) await completed(token);
    for (const { email } of people) expect(stack.smtp.to(email)).toHaveLength(1);
    await expect(broker.depth(EMAIL_QUEUE)).resolves.toBe(0);
  });
});

describe('a mail server', () => {
  afterEach(() => {
    stack.smtp.rule = () => undefined;
  });

  it('that is away uses up no attempt, and the mail goes out when it is back', async () => {
    await stack.smtp.stop();
    const body = signUpBody();
    const { body: answer } = await stack.api.signUp(body);
    const waiting = await eventually(async () => {
      const step = await stepOf(answer.session.token, 'welcome-email');
      return step.status === 'retrying' && step;
    });
    expect(waiting).toMatchObject({ attempts: 0 });
    expect(waiting.problem.code).toBe('waiting_for_service');
    await stack.smtp.start();
    await completed(answer.session.token);
    expect(stack.smtp.to(body.email)).toHaveLength(1);
  });

  it('that refuses a recipient for good ends it: the step has failed, the others have not', async () => {
    const body = signUpBody();
    stack.smtp.rule = (address) => (address === body.email ? 550 : undefined);
    const { body: answer } = await stack.api.signUp(body);
    const failed = await eventually(async () => {
      const step = await stepOf(answer.session.token, 'welcome-email');
      return step.status === 'failed' && step;
    });
    expect(failed).toMatchObject({ attempts: 1 });
    expect(failed.problem.code).toBe('refused');
    const letter = await eventually(() => broker.take(`${EMAIL_QUEUE}.dlq`));
    expect(letter.properties.headers).toMatchObject({ 'dead-letter-reason': 'permanent' });
    await eventually(
      async () => (await stepOf(answer.session.token, 'recommendations')).status === 'done',
    );
  });

  it('that refuses a recipient for now is asked again, and no attempt is used up', async () => {
    const body = signUpBody();
    let refusals = 0;
    stack.smtp.rule = (address) => (address === body.email && refusals++ < 1 ? 451 : undefined);
    const { body: answer } = await stack.api.signUp(body);
    await completed(answer.session.token);
    await expect(stepOf(answer.session.token, 'welcome-email')).resolves.toMatchObject({
      attempts: 1,
    });
    expect(refusals).toBeGreaterThan(1);
    expect(stack.smtp.to(body.email)).toHaveLength(1);
  });
});
