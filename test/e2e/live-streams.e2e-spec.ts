import { subscriptions, usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { createHash, randomBytes } from 'node:crypto';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { EventStreamReader } from '../support/event-stream-reader.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const TIMELINE = '/v1/me/onboarding/stream';
const INBOX = '/v1/me/notifications/stream';
const WORKERS = ['recommendation-worker', 'notification-worker', 'email-worker'];
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let api: RunningApp;
let broker: TestBroker;
const open: EventStreamReader[] = [];

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  api = await stack.start('api');
});

afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

async function listen(path: string, token: string, headers?: Record<string, string>) {
  const reader = await EventStreamReader.open(`${stack.url}${path}`, token, headers);
  open.push(reader);
  return reader;
}

const signUp = async () => (await stack.api.signUp()).body as Account;

interface Account {
  readonly user: { readonly id: string };
  readonly session: { readonly token: string };
}

const stepIds = (reader: EventStreamReader) => reader.of('step').map(({ id }) => id);

const PENDING = [
  'welcome-email:pending:0',
  'recommendations:pending:0',
  'getting-started-guide:pending:0',
];

/** Writes to the ledger as a worker does, for every one of these users, without a word to anybody. */
const markDone = (userIds: readonly string[], consumer: string) =>
  stack.database.query(
    `INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts, completed_at)
     SELECT $2, registration_event_id, id, 'done', 1, now() FROM accounts.users WHERE id = ANY ($1::uuid[])`,
    [userIds, consumer],
  );

describe('the stream of a timeline', () => {
  it('begins with the state of all steps, and is fit to stay open', async () => {
    const { session } = await signUp();
    const reader = await listen(TIMELINE, session.token);
    expect(reader.status).toBe(200);
    expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.headers.get('cache-control')).toContain('no-store');
    await eventually(() => reader.of('step').length === 3);
    expect(stepIds(reader)).toEqual(PENDING);
  });

  it('tells what changes even when every hint is lost', async () => {
    const { user, session } = await signUp();
    const reader = await listen(TIMELINE, session.token);
    await eventually(() => reader.of('step').length === 3);
    await markDone([user.id], 'email-worker.send-welcome-email');
    const step = await eventually(() => reader.of('step')[3]);
    expect(step).toMatchObject({
      id: 'welcome-email:done:1',
      data: { name: 'welcome-email', status: 'done', attempts: 1 },
    });
    expect(reader.of('complete')).toHaveLength(0);
  });

  it('that is taken up again repeats everything but the last event that was seen', async () => {
    const { session } = await signUp();
    const reader = await listen(TIMELINE, session.token, { 'last-event-id': PENDING[1]! });
    await eventually(() => reader.of('step').length === 2);
    expect(stepIds(reader)).toEqual([PENDING[0], PENDING[2]]);
  });

  it('is nobody else’s: without a session there is none, and with one only one’s own', async () => {
    const reader = await listen(TIMELINE, 'x'.repeat(43));
    expect(reader).toMatchObject({ status: 401, problem: { code: 'unauthenticated' } });
    const [mine, other] = [await signUp(), await signUp()];
    const theirs = await listen(TIMELINE, other.session.token);
    await eventually(() => theirs.of('step').length === 3);
    await markDone([mine.user.id], 'email-worker.send-welcome-email');
    await markDone([other.user.id], 'recommendation-worker.compute-recommendations');
    await eventually(() => theirs.of('step').length === 4);
    expect(stepIds(theirs)[3]).toBe('recommendations:done:1');
  });

  it('ends with its session', async () => {
    const { session } = await signUp();
    const reader = await listen(TIMELINE, session.token);
    await stack.api.request('DELETE', '/v1/sessions/current', { token: session.token });
    await eventually(() => reader.ended);
  });

  it('stays open as long as its session does not end', async () => {
    const { session } = await signUp();
    const reader = await listen(TIMELINE, session.token);
    await eventually(() => reader.pings > 0);
    expect(reader.ended).toBe(false);
  });

  it('is refused when a session has eight already', async () => {
    const { session } = await signUp();
    for (let i = 0; i < 8; i++) {
      await expect(listen(TIMELINE, session.token)).resolves.toMatchObject({ status: 200 });
    }
    await expect(listen(INBOX, session.token)).resolves.toMatchObject({
      status: 429,
      problem: { code: 'too_many_streams' },
    });
    open.pop();
    open.shift()!.close();
    await eventually(async () => (await listen(INBOX, session.token)).status === 200);
  });
});

describe('five hundred open streams', () => {
  const COUNT = 500;
  /** On a busy machine; how fast they are told is not what is tested here. */
  const TOLD_MS = 60_000;

  /** People like the one who has signed up, each with a session. */
  async function people(original: string): Promise<{ ids: string[]; tokens: string[] }> {
    const tokens = Array.from({ length: COUNT }, () => randomBytes(32).toString('base64url'));
    const hashes = tokens.map((token) => createHash('sha256').update(token).digest());
    const rows = await stack.database.query<{ id: string }>(
      `WITH people AS (
         INSERT INTO accounts.users (id, email, display_name, password_hash, interests, locale, registration_event_id)
         SELECT gen_random_uuid(), 'stream-' || n || '@example.com', display_name, password_hash, interests,
                locale, gen_random_uuid()
           FROM accounts.users, generate_series(1, $2::int) AS n WHERE id = $1
         RETURNING id),
       numbered AS (SELECT id, row_number() OVER () AS n FROM people)
       INSERT INTO accounts.sessions (id, user_id, token_hash, expires_at)
       SELECT gen_random_uuid(), p.id, h.hash, now() + interval '1 hour'
         FROM numbered AS p JOIN unnest($3::bytea[]) WITH ORDINALITY AS h (hash, n) ON h.n = p.n
       RETURNING user_id AS id`,
      [original, COUNT, hashes],
    );
    return { ids: rows.map(({ id }) => id), tokens };
  }

  /** @throws Error that says how many were told how often, and how many have ended */
  const allTold = (readers: readonly EventStreamReader[], event: string, times: number) =>
    eventually(() => {
      const told = readers.map((reader) => reader.of(event).length);
      if (told.every((count) => count === times)) return true;
      const counts = [...new Set(told)].map(
        (count) => `${told.filter((each) => each === count).length} × ${count}`,
      );
      const ended = readers.filter((reader) => reader.ended).length;
      throw new Error(
        `'${event}' of ${readers.length} streams: ${counts.join(', ')}; ${ended} have ended`,
      );
    }, TOLD_MS);

  it('are all told, while the API goes on answering', async () => {
    const { user } = await signUp();
    const { ids, tokens } = await people(user.id);
    const readers: EventStreamReader[] = [];
    for (const token of tokens) readers.push(await listen(TIMELINE, token));
    expect(readers.every(({ status }) => status === 200)).toBe(true);
    await allTold(readers, 'step', 3);

    for (const { consumer, step } of subscriptions) if (step) await markDone(ids, consumer);
    await allTold(readers, 'complete', 1);
    for (const reader of readers) {
      expect(stepIds(reader).slice(3).toSorted()).toEqual([
        'getting-started-guide:done:1',
        'recommendations:done:1',
        'welcome-email:done:1',
      ]);
    }
    await expect(stack.api.get('/healthz')).resolves.toMatchObject({ status: 200 });
    await expect(stack.api.signUp()).resolves.toMatchObject({ status: 201 });
  });
});

describe('with the workers', () => {
  beforeAll(async () => {
    await Promise.all(WORKERS.map((name) => stack.start(name)));
  });

  it('a timeline fills in to its end, and the inbox tells of the guide', async () => {
    const { session } = await signUp();
    const timeline = await listen(TIMELINE, session.token);
    const inbox = await listen(INBOX, session.token);
    await eventually(() => timeline.of('complete').length === 1);
    const last = new Map(timeline.of('step').map(({ data }) => [data.name, data]));
    expect([...last.values()]).toMatchObject([
      { name: 'welcome-email', status: 'done' },
      { name: 'recommendations', status: 'done' },
      { name: 'getting-started-guide', status: 'done' },
    ]);
    const notification = await eventually(() => inbox.of('notification')[0]);
    expect(notification.data).toMatchObject({ kind: 'getting-started-guide', readAt: null });
    await eventually(() => inbox.of('unread').at(-1)?.data.unread === 1);

    await stack.api.request('POST', '/v1/me/notifications/read-all', { token: session.token });
    await eventually(() => inbox.of('unread').at(-1)?.data.unread === 0);

    const again = await listen(INBOX, session.token, { 'last-event-id': notification.id! });
    await eventually(() => again.of('unread').length === 1);
    expect(again.of('notification')).toHaveLength(0);
  });
});

describe('an API that is stopped', () => {
  it('ends its streams instead of waiting for them', async () => {
    const { session } = await signUp();
    const reader = await listen(TIMELINE, session.token);
    const ended = new Promise<string>((resolve) => api.child.onExit(resolve));
    await api.child.stop();
    await expect(ended).resolves.toBe('exit code 0');
    await eventually(() => reader.ended);
  });
});
