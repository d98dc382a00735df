import { tipsDue, usherMessaging } from '#libs/contracts';
import { advanceClock, currentTime, planTopology } from '#libs/messaging';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient, PASSWORD, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { decoded, nextToken } from '../support/mail-links.js';
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

const now = () => currentTime(usherMessaging, stack.database);
const advance = (ms: number) => advanceClock(usherMessaging, stack.database, ms);

async function signUp(change: object = {}) {
  const body = signUpBody(change);
  const answer = await stack.api.signUp(body);
  expect(answer.status).toBe(201);
  return { ...body, id: answer.body.user.id as string, token: answer.body.session.token as string };
}

type Person = Awaited<ReturnType<typeof signUp>>;

const logIn = async ({ email }: Person) => {
  const answer = await stack.api.request('POST', '/v1/sessions', {
    body: { email, password: PASSWORD },
  });
  expect(answer.status).toBe(201);
  return answer.body.session.token as string;
};

const verify = async ({ email }: Person) => {
  const token = await nextToken(stack.smtp, email, 'verify-email');
  const answer = await stack.api.request('POST', '/v1/email-verifications', { body: { token } });
  expect(answer.status).toBe(204);
};

const change = (token: string, body: object) =>
  stack.api.request('PATCH', '/v1/me', { body, token });

const upcoming = async (token: string) =>
  (await stack.api.get('/v1/me/onboarding', token)).body.upcoming;

const mailsWith = ({ email }: Person, text: string) =>
  stack.smtp.to(email).filter((mail) => decoded(mail).includes(text));

const reminders = (person: Person) => mailsWith(person, 'Your address is not confirmed yet');
const tips = (person: Person) => mailsWith(person, 'Three tips for your first week');

/** Waits until nothing that is due is left, at any consumer. */
const settled = () =>
  eventually(async () => {
    const [row] = await stack.database.query<{ left: number }>(
      `SELECT (SELECT count(*) FROM messaging.scheduled WHERE due_at <= messaging.now())::int
            + (SELECT count(*) FROM messaging.outbox AS o, unnest(expected_consumers) AS c
                WHERE c LIKE 'email-worker.%' AND NOT EXISTS
                  (SELECT FROM messaging.deliveries WHERE consumer = c AND event_id = o.id AND status = 'done'))::int
              AS left`,
    );
    return row!.left === 0;
  });

describe('the reminder to verify an address', () => {
  it('comes once to somebody who logs in again the next day', async () => {
    const person = await signUp();
    await expect(upcoming(person.token)).resolves.toMatchObject([{ name: 'tips' }]);
    await advance(20 * HOUR_MS);
    const token = await logIn(person);
    await expect(upcoming(token)).resolves.toMatchObject([
      { name: 'verify-reminder' },
      { name: 'tips' },
    ]);
    await advance(5 * HOUR_MS);
    await eventually(() => reminders(person).length === 1);
    await logIn(person);
    await advance(2 * DAY_MS);
    await logIn(person);
    await settled();
    expect(reminders(person)).toHaveLength(1);
  });

  it('comes at once to somebody who comes back only later', async () => {
    const person = await signUp();
    await advance(26 * HOUR_MS);
    await logIn(person);
    await eventually(() => reminders(person).length === 1);
  });

  it('comes to somebody whose session goes on, without a new log-in', async () => {
    const person = await signUp();
    await advance(2 * HOUR_MS);
    await stack.api.get('/v1/me', person.token);
    await expect(upcoming(person.token)).resolves.toMatchObject([
      { name: 'verify-reminder' },
      { name: 'tips' },
    ]);
  });

  it('does not come to an account that was used in its first hour only', async () => {
    const person = await signUp();
    await logIn(person);
    await advance(3 * DAY_MS);
    await settled();
    expect(reminders(person)).toEqual([]);
  });

  it('never comes after the address is verified', async () => {
    const person = await signUp();
    await advance(2 * HOUR_MS);
    const token = await logIn(person);
    await verify(person);
    await expect(upcoming(token)).resolves.toMatchObject([{ name: 'tips' }]);
    await advance(DAY_MS);
    await settled();
    expect(reminders(person)).toEqual([]);
  });
});

describe('the tips', () => {
  it('come on the third morning in the time zone of the person', async () => {
    const person = await signUp({ timeZone: 'Asia/Kathmandu' });
    await verify(person);
    const [{ dueAt }] = await upcoming(person.token);
    // 09:00 there, whatever the date.
    expect(dueAt).toMatch(/T03:15:00\.000Z$/);
    await advance(2 * DAY_MS);
    await settled();
    expect(tips(person)).toEqual([]);
    await advance(2 * DAY_MS);
    await eventually(() => tips(person).length === 1);
    await settled();
    expect(tips(person)).toHaveLength(1);
    await expect(upcoming(person.token)).resolves.toEqual([]);
  });

  it('do not come to an address that is not verified', async () => {
    const person = await signUp();
    await advance(4 * DAY_MS);
    await settled();
    expect(tips(person)).toEqual([]);
  });

  it('are taken back when the person switches them off, and come back when there is still time', async () => {
    const { token } = await signUp();
    const before = await upcoming(token);
    await expect(change(token, { tips: false })).resolves.toMatchObject({ body: { tips: false } });
    await expect(upcoming(token)).resolves.toEqual([]);
    await change(token, { tips: true });
    await expect(upcoming(token)).resolves.toEqual(before);
    await change(token, { tips: false });
    await advance(4 * DAY_MS);
    await change(token, { tips: true });
    await expect(upcoming(token)).resolves.not.toContainEqual(
      expect.objectContaining({ name: 'tips' }),
    );
  });

  it('do not come again in the morning of a time zone farther west', async () => {
    const person = await signUp({ timeZone: 'Pacific/Kiritimati' });
    await verify(person);
    const [{ dueAt }] = await upcoming(person.token);
    await advance(new Date(dueAt).getTime() - (await now()).getTime());
    await eventually(() => tips(person).length === 1);
    await change(person.token, { timeZone: 'Pacific/Pago_Pago', tips: false });
    await change(person.token, { tips: true });
    await expect(upcoming(person.token)).resolves.toEqual([]);
    // Nor when the event was deleted long after it was published.
    await stack.database.query('DELETE FROM messaging.outbox WHERE subject = $1 AND type = $2', [
      person.id,
      tipsDue.type,
    ]);
    await change(person.token, { tips: false });
    await change(person.token, { tips: true });
    await expect(upcoming(person.token)).resolves.toEqual([]);
  });

  it('come in the next morning where that of the third day is over', async () => {
    const person = await signUp({ timeZone: 'Pacific/Pago_Pago' });
    await verify(person);
    const [{ dueAt }] = await upcoming(person.token);
    // There it is half past nine then.
    const beforeDue = new Date(dueAt).getTime() - HOUR_MS / 2;
    await advance(beforeDue - (await now()).getTime());
    await change(person.token, { timeZone: 'Pacific/Kiritimati' });
    const [moved] = await upcoming(person.token);
    expect(moved.dueAt).toMatch(/T19:00:00\.000Z$/);
    const ahead = new Date(moved.dueAt).getTime() - (await now()).getTime();
    expect(ahead).toBeGreaterThan(0);
    expect(ahead).toBeLessThanOrEqual(DAY_MS);
  });

  it('are announced by no API that has them off', async () => {
    const { token } = await signUp();
    await expect(upcoming(token)).resolves.toMatchObject([{ name: 'tips' }]);
    const port = await freePort();
    const app = await stack.start('api', { HTTP_PORT: String(port), JOURNEY_TIPS: 'off' });
    const { body } = await new ApiClient(`http://127.0.0.1:${port}`).get(
      '/v1/me/onboarding',
      token,
    );
    expect(body.upcoming).toEqual([]);
    await app.child.stop();
  });

  it('move with the person', async () => {
    const { token } = await signUp({ timeZone: 'UTC' });
    await change(token, { timeZone: 'Asia/Kolkata' });
    const [{ dueAt }] = await upcoming(token);
    expect(dueAt).toMatch(/T03:30:00\.000Z$/);
    await change(token, { timeZone: null });
    const [again] = await upcoming(token);
    expect(again.dueAt).toMatch(/T09:00:00\.000Z$/);
  });
});

describe('a time zone', () => {
  it('is kept as it was sent, and none is null', async () => {
    const answer = await stack.api.signUp({ timeZone: 'europe/berlin' });
    expect(answer.body.user).toMatchObject({ timeZone: 'europe/berlin', tips: true });
    const without = await stack.api.signUp();
    expect(without.body.user).toMatchObject({ timeZone: null });
  });

  it.each(['+02:00', 'Mars/Olympus', '', 'x'.repeat(65), 'UTC\0'])(
    'cannot be %j',
    async (timeZone) => {
      const answer = await stack.api.signUp({ timeZone });
      expect(answer).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'timeZone', code: 'invalid_time_zone' }] },
      });
    },
  );

  it('is part of what an Idempotency-Key stands for, and only where it is given', async () => {
    const key = { 'idempotency-key': `zone-${Date.now()}` };
    const body = signUpBody();
    await stack.api.signUp(body, key);
    await expect(stack.api.signUp(body, key)).resolves.toMatchObject({ status: 201 });
    await expect(stack.api.signUp({ ...body, timeZone: 'UTC' }, key)).resolves.toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    });
  });
});

describe('what the e-mail worker knows of a person', () => {
  it('is what the last change says', async () => {
    const person = await signUp();
    await change(person.token, { displayName: 'Countess of Lovelace', locale: 'zh-CN' });
    await change(person.token, { displayName: 'Ada', tips: false });
    await verify(person);
    await settled();
    const [row] = await stack.database.query(
      `SELECT email, display_name, locale, tips, verified_at IS NOT NULL AS verified, profile_version
         FROM email.recipients WHERE user_id = $1`,
      [person.id],
    );
    expect(row).toEqual({
      email: person.email,
      display_name: 'Ada',
      locale: 'zh-CN',
      tips: false,
      verified: true,
      profile_version: 3,
    });
  });
});
