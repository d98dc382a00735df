import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const FIRST_RETRY_MS = 4_000;
const topology = planTopology(usherMessaging, [FIRST_RETRY_MS, 8_000]);
const refused = new Set<string>();

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack({ CONSUMER_RETRY_DELAYS: '4s,8s' });
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

/** Signs somebody up whose mail is refused for now, or is not. */
async function signUp({ refuse }: { refuse: boolean }) {
  const { email } = signUpBody();
  if (refuse) refused.add(email);
  const { status, body } = await stack.api.signUp({ email });
  expect(status).toBe(201);
  return { email, userId: body.user.id as string };
}

const welcome = async (userId: string) => {
  const [row] = await stack.database.query<{ status: string; attempts: number }>(
    `SELECT status, attempts FROM messaging.deliveries
      WHERE consumer = 'email-worker.send-welcome-email' AND subject = $1`,
    [userId],
  );
  return row;
};

it('a mail comes at once although the three before it have failed and wait for their next attempt', async () => {
  stack.smtp.rule = (address) => (refused.has(address) ? 451 : undefined);
  const failing = [];
  for (let i = 0; i < 3; i++) failing.push(await signUp({ refuse: true }));
  for (const { userId } of failing) {
    await eventually(async () => (await welcome(userId))?.status === 'retrying');
  }

  const startedAt = performance.now();
  const fourth = await signUp({ refuse: false });
  await eventually(() => stack.smtp.to(fourth.email).length === 1);
  expect(performance.now() - startedAt).toBeLessThan(FIRST_RETRY_MS / 4);
  for (const { userId, email } of failing) {
    await expect(welcome(userId)).resolves.toEqual({ status: 'retrying', attempts: 0 });
    expect(stack.smtp.to(email)).toHaveLength(0);
  }

  refused.clear();
  for (const { userId, email } of failing) {
    await eventually(async () => (await welcome(userId))?.status === 'done');
    // "Later" uses up no attempt.
    await expect(welcome(userId)).resolves.toEqual({ status: 'done', attempts: 1 });
    expect(stack.smtp.to(email)).toHaveLength(1);
  }
  await expect(welcome(fourth.userId)).resolves.toEqual({ status: 'done', attempts: 1 });
  expect(stack.smtp.to(fourth.email)).toHaveLength(1);
});
