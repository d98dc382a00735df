import { PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';

const TRIES = 200;

let stack: Stack;

beforeAll(async () => {
  stack = await prepareStack({
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    RATE_LIMIT_ACCOUNT_LOGIN: 'off',
    HASH_CONCURRENCY: '1',
  });
  await stack.start('api');
}, 60_000);

afterAll(() => stack.stop());

const logIn = (email: string, password: string) =>
  stack.api.request('POST', '/v1/sessions', { body: { email, password } });

it('a log-in to an unknown address takes as long as one with a wrong password', async () => {
  const { email } = signUpBody();
  await stack.api.signUp({ email });
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let i = 0; i < TRIES; i++) {
    // In turns, so that whatever else the machine does meets both.
    for (const which of i % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const startedAt = performance.now();
      const { status } = await logIn(
        which === 'known' ? email : `${i}-${email}`,
        'a wrong password',
      );
      times[which].push(performance.now() - startedAt);
      expect(status).toBe(401);
    }
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length / 2]!;
  const ratio = median(times.known) / median(times.unknown);
  // Without the hash of nobody's password it is five and more.
  expect(ratio).toBeGreaterThan(0.75);
  expect(ratio).toBeLessThan(1.33);
}, 60_000);

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
