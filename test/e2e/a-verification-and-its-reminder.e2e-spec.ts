import { usherMessaging, verifyReminderDue } from '#libs/contracts';
import { signLinkToken } from '#libs/link-tokens';
import { planTopology } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const KEY = 'a-key-of-thirty-two-characters!!';
const PEOPLE = 250;
const AT_A_TIME = 25;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
/** The API's only way to the broker. */
let line: FaultProxy;

interface Person {
  readonly id: string;
  readonly email: string;
}

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  line = await FaultProxy.before(given('RABBITMQ_URL'));
  stack = await prepareStack({ LINK_SIGNING_KEY: KEY, CONSUMER_PREFETCH: '4' });
  await stack.start('api', { RABBITMQ_URL: line.url });
  await stack.start('email-worker');
});

afterAll(async () => {
  await stack.stop();
  await line.close();
  await broker.deleteAll(topology);
  await broker.close();
});

/** People who signed up a day ago, have come back since, and are known to the e-mail worker. */
async function people(due: string): Promise<Person[]> {
  const all = Array.from({ length: PEOPLE }, () => {
    const id = randomUUID();
    return { id, email: `${id}@example.com` };
  });
  const ids = [all.map(({ id }) => id), all.map(({ email }) => email)];
  await stack.database.query(
    `WITH people AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS person (id, email)),
     known AS (
       INSERT INTO email.recipients (user_id, email, display_name, locale, tips, profile_version)
       SELECT id, email, 'Ada', 'en', true, 1 FROM people
     ), accounts AS (
       INSERT INTO accounts.users (id, email, display_name, password_hash, locale, registration_event_id,
                                   created_at, reminded_at)
       SELECT id, email, 'Ada', '', 'en', gen_random_uuid(), now() - interval '1 day', now() FROM people
     )
     INSERT INTO messaging.scheduled
            (key, due_at, id, type, source, subject, correlation_id, data, expected_consumers)
     SELECT 'journey:verify-reminder:' || id, ${due}, gen_random_uuid(), $3, 'api', id, 'test',
            json_build_object('userId', id), $4 FROM people`,
    [...ids, verifyReminderDue.type, usherMessaging.consumersOf(verifyReminderDue.type)],
  );
  return all;
}

async function verify(all: readonly Person[]): Promise<void> {
  for (let i = 0; i < all.length; i += AT_A_TIME)
    await Promise.all(
      all.slice(i, i + AT_A_TIME).map(async ({ id: userId, email }) => {
        const token = await signLinkToken(KEY, 'email-verification', { userId, email }, new Date());
        const answer = await stack.api.request('POST', '/v1/email-verifications', {
          body: { token },
        });
        expect(answer.status).toBe(204);
      }),
    );
}

const comeDue = () =>
  stack.database.query(`UPDATE messaging.scheduled SET due_at = now() - interval '1 second'`);

const promoted = (all: readonly Person[]) =>
  eventually(async () => {
    const [row] = await stack.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM messaging.outbox
        WHERE type = $1 AND subject = ANY ($2::text[])`,
      [verifyReminderDue.type, all.map(({ id }) => id)],
    );
    return row!.count === all.length;
  });

/** Waits until every event of these people is handled. */
const handled = (all: readonly Person[]) =>
  eventually(async () => {
    const [row] = await stack.database.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM messaging.outbox AS o, unnest(expected_consumers) AS c
        WHERE subject = ANY ($1::text[]) AND NOT EXISTS
          (SELECT FROM messaging.deliveries WHERE consumer = c AND event_id = o.id AND status = 'done')`,
      [all.map(({ id }) => id)],
    );
    return row!.left === 0;
  });

const mailsTo = (all: readonly Person[]) => all.map(({ email }) => stack.smtp.to(email).length);

/** People whose mail a machine that stalls for a second may be seen to begin late. */
const STALLS = 3;

const NONE = Array<number>(PEOPLE).fill(0);

describe(`${PEOPLE} people who verify their address`, () => {
  it('before the reminder is due get none', async () => {
    const all = await people(`now() + interval '1 hour'`);
    await verify(all);
    await comeDue();
    await handled(all);
    expect(mailsTo(all)).toEqual(NONE);
    await expect(stack.database.query('SELECT 1 FROM messaging.scheduled')).resolves.toEqual([]);
  });

  it('after it was promoted, while the broker is away, get none', async () => {
    await line.down();
    const all = await people('now()');
    await promoted(all);
    await verify(all);
    await line.up();
    await handled(all);
    expect(mailsTo(all)).toEqual(NONE);
  });

  it('after it was sent have got one', async () => {
    const all = await people('now()');
    await promoted(all);
    await handled(all);
    await verify(all);
    await handled(all);
    expect(mailsTo(all)).toEqual(Array<number>(PEOPLE).fill(1));
  });

  it('at the same moment get one at most, and none where the verification was first', async () => {
    const all = await people('now()');
    await verify(all);
    await eventually(async () => {
      const left = await stack.database.query('SELECT 1 FROM messaging.scheduled');
      return left.length === 0;
    });
    await handled(all);
    expect(Math.max(...mailsTo(all))).toBeLessThanOrEqual(1);
    // What the database shows of the order: a dialogue that began a second after the commit was none of ours.
    const late = await stack.database.query(
      `SELECT u.id FROM accounts.users AS u
         JOIN messaging.outbox AS o ON o.subject = u.id::text AND o.type = $1
         JOIN email.messages AS m ON m.event_id = o.id
        WHERE m.created_at > u.email_verified_at + interval '1 second' AND u.id = ANY ($2::uuid[])`,
      [verifyReminderDue.type, all.map(({ id }) => id)],
    );
    expect(late.length).toBeLessThanOrEqual(STALLS);
  });
});
