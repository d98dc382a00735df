import { subscriptions, userRegistered, usherMessaging } from '#libs/contracts';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';

/** What follows a sign-up today, and the last of it, as if it had been added only now. */
const STEPS = usherMessaging.stepsOf(userRegistered.type);
const BEFORE = STEPS.slice(0, -1);
const ADDED = STEPS.at(-1)!;

let stack: Stack;

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
  await stack.start('api');
});

afterAll(() => stack.stop());

interface Person {
  readonly id: string;
  readonly token: string;
}

const signUp = async (): Promise<Person> => {
  const { user, session } = (await stack.api.signUp()).body;
  return { id: user.id, token: session.token };
};

const setSteps = (id: string, steps: readonly string[]) =>
  stack.database.query('UPDATE accounts.users SET steps = $2 WHERE id = $1', [id, steps]);

/** Somebody for whom all is done that was to follow when they signed up. */
async function someoneFromBefore(): Promise<Person> {
  const person = await signUp();
  await setSteps(person.id, BEFORE);
  for (const step of BEFORE) await write(person.id, step, 'done');
  return person;
}

/** Writes to the ledger as the worker of this step does. */
const write = (id: string, step: string, status: 'done' | 'retrying') =>
  stack.database.query(
    `INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts, completed_at)
     SELECT $2, registration_event_id, id, $3, 1, CASE $3 WHEN 'done' THEN now() END
       FROM accounts.users WHERE id = $1`,
    [id, subscriptions.find((subscription) => subscription.step === step)!.consumer, status],
  );

const timeline = async ({ token }: Person) => {
  const { complete, steps } = (await stack.api.get('/v1/me/onboarding', token)).body;
  const shown = steps.map(({ name, status }: Record<string, string>) => `${name} ${status}`);
  return { complete, shown };
};

const BEFORE_DONE = BEFORE.map((step) => `${step} done`);

describe('the steps of a person', () => {
  it('are written down at the sign-up', async () => {
    await stack.database.query(`ALTER TABLE accounts.users ALTER COLUMN steps SET DEFAULT '{}'`);
    const person = await signUp();
    await expect(
      stack.database.query('SELECT steps FROM accounts.users WHERE id = $1', [person.id]),
    ).resolves.toEqual([{ steps: STEPS }]);
    await expect(timeline(person)).resolves.toEqual({
      complete: false,
      shown: STEPS.map((step) => `${step} pending`),
    });
  });

  it('stay complete when a step is added for those who come after', async () => {
    const person = await someoneFromBefore();
    await expect(timeline(person)).resolves.toEqual({ complete: true, shown: BEFORE_DONE });
    const stream = await EventStreamReader.open(
      `${stack.url}/v1/me/onboarding/stream`,
      person.token,
    );
    await eventually(() => stream.of('complete').length === 1);
    stream.close();
    expect(stream.of('step').map(({ data }) => data.name)).toEqual(BEFORE);
  });

  it('include a later one that an operator has had done, and its state counts', async () => {
    const person = await someoneFromBefore();
    await write(person.id, ADDED, 'retrying');
    await expect(timeline(person)).resolves.toEqual({
      complete: false,
      shown: [...BEFORE_DONE, `${ADDED} retrying`],
    });
  });

  it('wait for what was to follow, until it is done', async () => {
    const person = await someoneFromBefore();
    await setSteps(person.id, STEPS);
    await expect(timeline(person)).resolves.toEqual({
      complete: false,
      shown: [...BEFORE_DONE, `${ADDED} pending`],
    });
    await write(person.id, ADDED, 'done');
    await expect(timeline(person)).resolves.toMatchObject({ complete: true });
  });

  it('leave out one that no worker does any more', async () => {
    const person = await someoneFromBefore();
    await setSteps(person.id, [...BEFORE, 'a-step-of-the-past']);
    await expect(timeline(person)).resolves.toEqual({ complete: true, shown: BEFORE_DONE });
  });
});
