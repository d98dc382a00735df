import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { built } from '../../tools/embedded-stack/src/paths.js';
import { signUpBody } from '../support/api-client.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const EMAIL_QUEUE = 'email-worker.send-welcome-email';
const GUIDE_QUEUE = 'notification-worker.deliver-getting-started-guide';
const topology = planTopology(usherMessaging, [1_000, 2_000]);

// Each command is a process of its own.
jest.setTimeout(90_000);

let stack: Stack;
let broker: TestBroker;
let emailWorker: RunningApp;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  // The reconciler of the API stays out of the way.
  stack = await prepareStack({ RECONCILE_INTERVAL: '1h' });
  await stack.start('api');
  emailWorker = await stack.start('email-worker');
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

async function usher(...args: string[]) {
  const child = spawn(process.execPath, [built('tools/usher-cli/src/main.js'), ...args], {
    env: {
      ...process.env,
      DATABASE_URL: stack.databaseUrlOf('operator'),
      RABBITMQ_URL: given('RABBITMQ_URL'),
      CONSUMER_RETRY_DELAYS: '1s,2s',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

async function usherJson(...args: string[]) {
  const { code, stdout, stderr } = await usher(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const stepOf = async (token: string, name: string) => {
  const { body } = await stack.api.get('/v1/me/onboarding', token);
  return body.steps.find((step: { name: string }) => step.name === name);
};

/** Two people whose guide waits: its worker does not run. */
async function twoSignUps() {
  const before = await broker.depth(GUIDE_QUEUE);
  const answers = await Promise.all([stack.api.signUp(), stack.api.signUp()]);
  await eventually(async () => (await broker.depth(GUIDE_QUEUE)) === before + 2);
  return answers.map(({ body }) => body.user.id as string);
}

describe('usher queues', () => {
  it('list shows what exists, how many wait and who listens', async () => {
    await twoSignUps();
    const queues = await usherJson('queues', 'list');
    expect(queues).toHaveLength(topology.queues.length);
    expect(queues).toContainEqual({
      name: GUIDE_QUEUE,
      type: 'quorum',
      durable: true,
      messages: 2,
      consumers: 0,
    });
    expect(queues).toContainEqual(expect.objectContaining({ name: EMAIL_QUEUE, consumers: 1 }));
    const { stdout } = await usher('queues', 'list');
    expect(stdout).toMatch(new RegExp(`^${GUIDE_QUEUE} +quorum +true +2 +0$`, 'm'));
  });

  it('purge and delete keep a queue with messages from a careless hand', async () => {
    for (const command of ['purge', 'delete']) {
      const refused = await usher('queues', command, GUIDE_QUEUE);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('--force');
    }
    await expect(usher('queues', 'delete', GUIDE_QUEUE, '--if-empty')).resolves.toMatchObject({
      code: 1,
    });
    await expect(usher('queues', 'purge', 'no.such-queue')).resolves.toMatchObject({ code: 1 });
    // Nothing waits in it, but its consumer may hold what it has not settled.
    await expect(usher('queues', 'delete', EMAIL_QUEUE, '--if-empty')).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 consumer(s), which may hold messages'),
    });
    await expect(broker.depth(GUIDE_QUEUE)).resolves.toBe(2);
  });

  it('purge --force empties a queue; reconcile --fix restores exactly what was in it', async () => {
    await expect(usherJson('queues', 'purge', GUIDE_QUEUE, '--force')).resolves.toMatchObject({
      purged: 2,
    });
    await expect(broker.depth(GUIDE_QUEUE)).resolves.toBe(0);
    const emails = await broker.depth(EMAIL_QUEUE);
    const found = await usherJson('reconcile', '--older-than', '0s');
    expect(found.resent).toBe(0);
    const guides = found.missing.filter(
      ({ consumer }: { consumer: string }) => consumer === GUIDE_QUEUE,
    );
    expect(guides).toHaveLength(2);
    expect(Object.keys(guides[0]).toSorted()).toEqual([
      'consumer',
      'eventId',
      'occurredAt',
      'subject',
    ]);
    await usherJson('reconcile', '--older-than', '0s', '--fix');
    await expect(broker.depth(GUIDE_QUEUE)).resolves.toBe(2);
    await expect(broker.depth(EMAIL_QUEUE)).resolves.toBe(emails);
  });
});

describe('usher dead-letters', () => {
  let token: string;
  let letterId: string;

  beforeAll(async () => {
    const body = signUpBody({ email: 'refused@example.com' });
    stack.smtp.rule = (address) => (address === body.email ? 550 : undefined);
    token = (await stack.api.signUp(body)).body.session.token;
    await eventually(async () => (await stepOf(token, 'welcome-email')).status === 'failed');
  });

  it('list and show tell what happened', async () => {
    const [letter, ...others] = await usherJson('dead-letters', 'list', '--queue', EMAIL_QUEUE);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      queue: EMAIL_QUEUE,
      type: 'user.registered.v1',
      reason: 'permanent',
      attempts: 1,
    });
    expect(letter.exceptionMessage).toContain('550');
    letterId = letter.id;
    await expect(usherJson('dead-letters', 'list', '--type', 'something.else.v1')).resolves.toEqual(
      [],
    );
    const shown = await usherJson('dead-letters', 'show', letterId);
    expect(JSON.parse(shown.body).data.email).toBe('refused@example.com');
    expect(shown.headers).toMatchObject({ 'dead-letter-reason': 'permanent' });
  });

  it('replay sends it back, and the mail goes out once the reason is gone', async () => {
    stack.smtp.rule = () => undefined;
    await expect(usherJson('dead-letters', 'replay', letterId)).resolves.toEqual({
      replayed: [letterId],
      unknown: [],
    });
    await eventually(async () => (await stepOf(token, 'welcome-email')).status === 'done');
    expect(stack.smtp.to('refused@example.com')).toHaveLength(1);
    await expect(usherJson('dead-letters', 'list')).resolves.toEqual([]);
    await expect(usher('dead-letters', 'replay', letterId)).resolves.toMatchObject({ code: 1 });
  });

  it('replay needs to be told what', async () => {
    await expect(usher('dead-letters', 'replay')).resolves.toMatchObject({ code: 2 });
    await expect(usher('dead-letters', 'replay', '--all')).resolves.toMatchObject({ code: 2 });
    await expect(usher('dead-letters', 'list', '--queue', 'nonsense')).resolves.toMatchObject({
      code: 2,
    });
  });
});

describe('usher events replay', () => {
  it('sends the past to one consumer, by time and user, and nothing else', async () => {
    await usher('queues', 'purge', GUIDE_QUEUE, '--force');
    const [userId] = await twoSignUps();
    const before = await broker.depth(GUIDE_QUEUE);
    const replay = (...args: string[]) =>
      usherJson('events', 'replay', '--consumer', GUIDE_QUEUE, ...args);
    await expect(replay('--user', userId!.toUpperCase())).resolves.toEqual({
      consumer: GUIDE_QUEUE,
      replayed: 1,
    });
    await expect(replay('--until', '2020-01-01T00:00:00Z')).resolves.toMatchObject({ replayed: 0 });
    await expect(broker.depth(GUIDE_QUEUE)).resolves.toBe(before + 1);
    const wrong = [
      ['--consumer', 'nonsense'],
      ['--consumer', GUIDE_QUEUE, '--since', 'yesterday'],
      [],
    ];
    for (const args of wrong) {
      await expect(usher('events', 'replay', ...args)).resolves.toMatchObject({ code: 2 });
    }
  });

  it('--force lets a handler run again that had done its work', async () => {
    const worker = await stack.start('notification-worker');
    await eventually(async () => (await broker.depth(GUIDE_QUEUE)) === 0);
    const { body } = await stack.api.signUp();
    const { token } = body.session;
    await eventually(async () => (await stepOf(token, 'getting-started-guide')).status === 'done');
    await stack.database.query('DELETE FROM notification.notifications WHERE user_id = $1', [
      body.user.id,
    ]);
    const replay = (...args: string[]) =>
      usherJson('events', 'replay', '--consumer', GUIDE_QUEUE, '--user', body.user.id, ...args);
    await expect(replay()).resolves.toMatchObject({ replayed: 0 });
    await expect(replay('--force')).resolves.toMatchObject({ replayed: 1 });
    await eventually(async () => {
      const { body: inbox } = await stack.api.get('/v1/me/notifications', token);
      return inbox.items.length === 1;
    });
    await worker.child.stop();
    expect(emailWorker.child.hasExited).toBe(false);
  });
});
