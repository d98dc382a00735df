import { usherMessaging } from '#libs/contracts';
import { advanceClock, planTopology } from '#libs/messaging';
import { signUpBody } from '../support/api-client.js';
import { nextToken } from '../support/mail-links.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  await Promise.all([stack.start('api'), stack.start('email-worker')]);
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

async function signUp() {
  const body = signUpBody();
  const answer = await stack.api.signUp(body);
  return { ...body, token: answer.body.session.token as string };
}

describe('a clock that was moved on', () => {
  it('ends sessions, links and idempotency keys', async () => {
    const person = await signUp();
    const token = await nextToken(stack.smtp, person.email, 'verify-email');
    const key = { 'idempotency-key': `clock-${Date.now()}` };
    const other = signUpBody();
    await stack.api.signUp(other, key);
    await advanceClock(usherMessaging, stack.database, 25 * HOUR_MS);
    // The key is forgotten, so the address is simply taken.
    await expect(stack.api.signUp(other, key)).resolves.toMatchObject({ status: 409 });
    await expect(stack.api.get('/v1/me', person.token)).resolves.toMatchObject({ status: 200 });
    await advanceClock(usherMessaging, stack.database, 8 * DAY_MS);
    await expect(stack.api.get('/v1/me', person.token)).resolves.toMatchObject({ status: 401 });
    const answer = await stack.api.request('POST', '/v1/email-verifications', { body: { token } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_token' } });
  });

  it('does not end what begins after it', async () => {
    const person = await signUp();
    const token = await nextToken(stack.smtp, person.email, 'verify-email');
    await stack.api.request('POST', '/v1/email-verifications', { body: { token } });
    await expect(stack.api.get('/v1/me', person.token)).resolves.toMatchObject({
      body: { emailVerified: true },
    });
    const { steps } = (await stack.api.get('/v1/me/onboarding', person.token)).body;
    const welcome = steps.find(({ name }: { name: string }) => name === 'welcome-email');
    expect(welcome.latencyMs).toBeGreaterThanOrEqual(0);
    expect(welcome.latencyMs).toBeLessThan(60_000);
  });
});
