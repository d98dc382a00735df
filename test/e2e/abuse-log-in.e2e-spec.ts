import { PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { timeRatio } from '../support/timing.js';

const TRIES = 200;

let stack: Stack;

beforeAll(async () => {
  stack = await prepareStack({
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    RATE_LIMIT_ACCOUNT_LOGIN: 'off',
    HASH_CONCURRENCY: '1',
  });
  await stack.start('api');
});

afterAll(() => stack.stop());

const logIn = (email: string, password: string) =>
  stack.api.request('POST', '/v1/sessions', { body: { email, password } });

it('a log-in to an unknown address takes as long as one with a wrong password', async () => {
  const { email } = signUpBody();
  await stack.api.signUp({ email });
  const ratio = await timeRatio(TRIES, async (side, turn) => {
    const { status } = await logIn(
      side === 'known' ? email : `${turn}-${email}`,
      'a wrong password',
    );
    expect(status).toBe(401);
  });
  // Without the hash of nobody's password it is five and more.
  expect(ratio).toBeGreaterThan(0.75);
  expect(ratio).toBeLessThan(1.33);
});

it('a log-in whose password was changed while it was being verified opens nothing', async () => {
  const { email } = signUpBody();
  const { body } = await stack.api.signUp({ email });
  const userId = body.user.id as string;
  const reset = await stack.database.begin();
  try {
    // A reset that has changed the password and not yet committed.
    await reset.query(
      'UPDATE accounts.users SET credential_version = credential_version + 1 WHERE id = $1',
      [userId],
    );
    const lateLogIn = logIn(email, PASSWORD);
    await lockIsWaitedFor();
    await reset.query('DELETE FROM accounts.sessions WHERE user_id = $1', [userId]);
    await reset.commit();

    await expect(lateLogIn).resolves.toMatchObject({ status: 401 });
    const left = await stack.database.query('SELECT 1 FROM accounts.sessions WHERE user_id = $1', [
      userId,
    ]);
    expect(left).toEqual([]);
  } finally {
    await reset.rollback();
  }
});

async function lockIsWaitedFor(): Promise<void> {
  await eventually(async () => {
    const waiting = await stack.database.query(
      `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return waiting.length > 0;
  });
}
