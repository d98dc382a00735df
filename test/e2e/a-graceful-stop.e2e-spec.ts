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

beforeEach(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
});

afterEach(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

/** Sends SIGTERM, and waits until the process says that it is stopping. */
async function askToStop({ child, metricsUrl }: RunningApp): Promise<void> {
  child.kill('SIGTERM');
  await eventually(async () => {
    const response = await fetch(`${metricsUrl}/readyz`);
    const report = (await response.json()) as { checks: Record<string, string> };
    return response.status === 503 && report.checks['stop'] === 'stopping';
  });
}

const exitOf = ({ child }: RunningApp) =>
  new Promise<string>((resolve) => child.onExit((exit) => resolve(exit)));

describe('an API that is told to stop', () => {
  it('is alive but not ready, takes no more requests, ends the one in hand, and publishes its event', async () => {
    const api = await stack.start('api');
    const lock = await stack.database.begin();
    await lock.query('LOCK TABLE accounts.users IN EXCLUSIVE MODE');
    const signUp = stack.api.signUp();
    await eventually(async () => {
      const [row] = await stack.database.query<{ waiting: boolean }>(
        `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'accounts.users'::regclass) AS waiting`,
      );
      return row!.waiting;
    });
    const exit = exitOf(api);
    await askToStop(api);
    expect((await fetch(`${api.metricsUrl}/healthz`)).status).toBe(200);
    await eventually(() =>
      stack.api.get('/v1/interests').then(
        () => false,
        () => true,
      ),
    );
    await lock.rollback();
    const { status, body } = await signUp;
    expect(status).toBe(201);
    await expect(exit).resolves.toBe('exit code 0');
    const [event] = await stack.database.query<{ published: boolean }>(
      'SELECT published_at IS NOT NULL AS published FROM messaging.outbox WHERE subject = $1',
      [body.user.id],
    );
    expect(event).toEqual({ published: true });
  });
});

describe('a worker that is told to stop', () => {
  it('takes no more messages, ends the one in hand, and leaves the others to the next', async () => {
    await stack.start('api');
    const worker = await stack.start('email-worker');
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = signUpBody();
    stack.smtp.accepted = () => held;
    await stack.api.request('POST', '/v1/signups', { body: first });
    await eventually(() => stack.smtp.to(first.email).length === 1);
    const second = signUpBody();
    await stack.api.request('POST', '/v1/signups', { body: second });
    await eventually(async () => (await broker.depth(EMAIL_QUEUE)) === 1);
    const exit = exitOf(worker);
    await askToStop(worker);
    letGo();
    await expect(exit).resolves.toBe('exit code 0');
    expect(stack.smtp.to(first.email)).toHaveLength(1);
    expect(stack.smtp.to(second.email)).toHaveLength(0);
    await expect(broker.depth(EMAIL_QUEUE)).resolves.toBe(1);
    const deliveries = await stack.database.query<{ status: string }>(
      'SELECT status FROM messaging.deliveries WHERE consumer = $1',
      [EMAIL_QUEUE],
    );
    expect(deliveries).toEqual([{ status: 'done' }]);
  });
});

describe('an API without a broker', () => {
  it('is ready, accepts sign-ups, and keeps their events', async () => {
    await stack.start('api', { RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    expect((await stack.api.get('/readyz')).status).toBe(200);
    const { status, body } = await stack.api.signUp();
    expect(status).toBe(201);
    const [event] = await stack.database.query<{ published_at: Date | null }>(
      'SELECT published_at FROM messaging.outbox WHERE subject = $1',
      [body.user.id],
    );
    expect(event).toEqual({ published_at: null });
  });
});
