import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const EMAIL_QUEUE = 'email-worker.send-welcome-email';
const GUIDE_QUEUE = 'notification-worker.deliver-getting-started-guide';
const OPS_TOKEN = 'a-token-for-operators';
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
let api: RunningApp;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  // The reconciler of the API stays out of the way.
  stack = await prepareStack({ RECONCILE_INTERVAL: '1h', OPS_TOKEN });
  api = await stack.start('api');
  await stack.start('email-worker');
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const ops = (path: string) => stack.api.get(`/v1/ops/${path}`, OPS_TOKEN);
const change = (path: string, body: object) =>
  stack.api.request('POST', `/v1/ops/${path}`, { token: OPS_TOKEN, body });

/** A welcome mail that the mail server refuses for good. */
async function deadLetter(): Promise<string> {
  const before = (await ops('dead-letters')).body.items.length;
  const body = signUpBody();
  stack.smtp.rule = () => 550;
  await stack.api.signUp(body);
  await eventually(async () => (await ops('dead-letters')).body.items.length > before);
  stack.smtp.rule = () => undefined;
  return body.email;
}

describe('the operators’ endpoints', () => {
  const ENDPOINTS: readonly (readonly [string, string])[] = [
    ['GET', '/v1/ops/queues'],
    ['GET', '/v1/ops/outbox'],
    ['GET', '/v1/ops/dead-letters'],
    ['GET', '/v1/ops/dead-letters/1'],
    ['POST', '/v1/ops/dead-letters/replay'],
    ['GET', '/v1/ops/reconcile'],
    ['POST', '/v1/ops/reconcile'],
  ];

  it.each(ENDPOINTS)('%s %s lets nobody in without the token', async (method, path) => {
    const { body } = await stack.api.signUp();
    const tokens = [undefined, 'a-token-for-operatorz', `${OPS_TOKEN}x`, '', body.session.token];
    for (const token of tokens) {
      await expect(stack.api.request(method, path, { token })).resolves.toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    }
  });

  it('are closed to everybody where no token is configured', async () => {
    const closed = await prepareStack();
    try {
      await closed.start('api');
      for (const token of ['', 'undefined', OPS_TOKEN]) {
        await expect(closed.api.get('/v1/ops/outbox', token)).resolves.toMatchObject({
          status: 401,
        });
      }
    } finally {
      await closed.stop();
    }
  });

  it('show the queues with what waits and who reads, and the outbox', async () => {
    const { body } = await ops('queues');
    expect(body.items).toHaveLength(topology.queues.length);
    expect(body.items).toContainEqual({
      name: EMAIL_QUEUE,
      type: 'quorum',
      durable: true,
      messages: 0,
      consumers: 1,
    });
    await expect(ops('outbox')).resolves.toMatchObject({
      status: 200,
      body: { pending: expect.any(Number), oldestAgeSeconds: expect.any(Number), stuck: [] },
    });
  });
});

describe('dead letters', () => {
  it('are listed by consumer and reason, and shown with headers, body and stack', async () => {
    const email = await deadLetter();
    const { body } = await ops(`dead-letters?queue=${EMAIL_QUEUE}&reason=permanent`);
    const letter = body.items[0];
    expect(letter).toMatchObject({ queue: EMAIL_QUEUE, type: 'user.registered.v1', attempts: 1 });
    expect(letter).not.toHaveProperty('body');
    const others = [`queue=${GUIDE_QUEUE}`, 'reason=exhausted', 'type=user.other.v1'];
    for (const filter of others) {
      await expect(ops(`dead-letters?${filter}`)).resolves.toMatchObject({ body: { items: [] } });
    }
    const { body: detail } = await ops(`dead-letters/${letter.id}`);
    expect(JSON.parse(detail.body).data.email).toBe(email);
    expect(detail.headers['exception-stack']).toContain('PermanentError');
    await expect(ops('dead-letters/no-such-letter')).resolves.toMatchObject({ status: 404 });
    await expect(ops('dead-letters?queue=no.such-queue')).resolves.toMatchObject({
      status: 422,
      body: { errors: [{ path: 'queue' }] },
    });
  });

  it('are sent back one by one, and the log says by whom', async () => {
    const { body } = await ops('dead-letters');
    const id = body.items[0].id as string;
    const letter = (await ops(`dead-letters/${id}`)).body;
    const { email } = JSON.parse(letter.body).data;
    const answer = await change('dead-letters/replay', {
      ids: [id, 'no-such-letter'],
      operator: 'Grace',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { replayed: [id], unknown: ['no-such-letter'] },
    });
    const line = await eventually(() =>
      api.child.lastLines.split('\n').find((each) => each.includes('dead letters sent back')),
    );
    expect(JSON.parse(line)).toMatchObject({
      operator: 'Grace',
      network: '127.0.0.1',
      deadLetters: [id],
    });
    expect(api.child.lastLines).not.toContain(OPS_TOKEN);
    await eventually(async () => (await ops('dead-letters')).body.items.length === 0, 15_000);
    // Its mail must not meet the refusal of the next test.
    await eventually(() => stack.smtp.to(email).length === 1);
  });

  it('of one consumer are sent back all at once, and arrive', async () => {
    const emails = [await deadLetter(), await deadLetter()];
    const { body } = await change('dead-letters/replay', { queue: EMAIL_QUEUE });
    expect(body.replayed).toHaveLength(2);
    await eventually(() => emails.every((email) => stack.smtp.to(email).length === 1));
  });

  it('are never sent back by a request that does not say which', async () => {
    const bodies = [{}, { ids: [] }, { ids: ['1'], queue: EMAIL_QUEUE }, { all: true }];
    for (const body of bodies) {
      await expect(change('dead-letters/replay', body)).resolves.toMatchObject({ status: 422 });
    }
  });
});

describe('reconciling', () => {
  it('finds what a purged queue has lost, and sends it again', async () => {
    const { body: person } = await stack.api.signUp();
    const [row] = await stack.database.query<{ people: number }>(
      'SELECT count(*)::int AS people FROM accounts.users',
    );
    // Nobody reads that queue here: everybody's guide waits.
    await eventually(async () => (await broker.depth(GUIDE_QUEUE)) === row!.people);
    await broker.channel.purgeQueue(GUIDE_QUEUE);
    const missing = await eventually(async () => {
      const { body } = await ops('reconcile?olderThan=0s');
      return (
        body.missing.some(({ subject }: { subject: string }) => subject === person.user.id) &&
        // What another worker has in hand looks missing to one who asks about the last moment.
        body.missing.every(({ consumer }: { consumer: string }) => consumer === GUIDE_QUEUE) &&
        body
      );
    });
    expect(missing.resent).toBe(0);
    await expect(broker.depth(GUIDE_QUEUE)).resolves.toBe(0);
    const { body: fixed } = await change('reconcile', { olderThan: '0s', operator: 'Grace' });
    expect(fixed.resent).toBe(missing.missing.length);
    await eventually(async () => (await broker.depth(GUIDE_QUEUE)) === missing.missing.length);
    await expect(ops('reconcile?olderThan=soon')).resolves.toMatchObject({
      status: 422,
      body: { errors: [{ path: 'olderThan' }] },
    });
  });
});
