import { deadLetterQueue, planTopology } from '#libs/messaging';
import { connect } from 'amqplib';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { randomName } from '../support/random-name.js';
import { openShop, type Shop } from '../support/shop.js';
import { administer } from '../support/test-database.js';

const RETRY_DELAYS_MS = [100];

const database = `test_${randomName()}`;
const prefix = () => `shop${randomName().replaceAll(/[^a-z0-9]/g, '')}`;
let bakery: Shop;
let florist: Shop;

beforeAll(async () => {
  await administer(given('DATABASE_URL'), `CREATE DATABASE ${database}`);
  const url = new URL(given('DATABASE_URL'));
  url.pathname = `/${database}`;
  bakery = await openShop(prefix(), url.href, given('RABBITMQ_URL'));
  florist = await openShop(prefix(), url.href, given('RABBITMQ_URL'));
});

afterAll(async () => {
  const connection = await connect(given('RABBITMQ_URL'));
  const channel = await connection.createChannel();
  for (const shop of [bakery, florist]) {
    await shop?.close();
    const { exchanges, queues } = planTopology(shop.messaging, RETRY_DELAYS_MS);
    for (const { name } of queues) await channel.deleteQueue(name);
    for (const { name } of exchanges) await channel.deleteExchange(name);
  }
  await connection.close();
  await administer(given('DATABASE_URL'), `DROP DATABASE ${database} WITH (FORCE)`);
});

const consumerOf = ({ messaging }: Shop) => messaging.subscriptions[0]!.consumer;

/** What the ledger says of an order. */
async function deliveryOf({ pool, messaging }: Shop, order: string) {
  const { rows } = await pool.query<{ consumer: string; status: string; reason: string | null }>(
    `SELECT consumer, status, reason FROM ${messaging.names.schema}.deliveries WHERE subject = $1`,
    [order],
  );
  return rows[0];
}

const parcels = async ({ pool, messaging: { names } }: Shop) =>
  (await pool.query<{ number: string }>(`SELECT number FROM ${names.prefix}_parcels`)).rows.map(
    ({ number }) => number,
  );

describe('an application with events, a prefix and a database of its own', () => {
  it('handles an event once that was written with a client of pg', async () => {
    const order = await bakery.order('bread');
    await eventually(async () => (await deliveryOf(bakery, order))?.status === 'done');
    expect(await parcels(bakery)).toEqual([order]);
    expect(bakery.attempts).toEqual([order]);
  });

  it('keeps an event that can never be handled as a dead letter, and handles it when it is replayed', async () => {
    bakery.refuse('cake');
    const order = await bakery.order('cake');
    await eventually(async () => (await deliveryOf(bakery, order))?.status === 'failed');
    expect(await deliveryOf(bakery, order)).toEqual({
      consumer: consumerOf(bakery),
      status: 'failed',
      reason: 'permanent',
    });
    const { letters } = await bakery.deadLetters.list(
      [consumerOf(bakery)],
      AbortSignal.timeout(5_000),
    );
    expect(letters).toMatchObject([
      { queue: consumerOf(bakery), reason: 'permanent', exceptionMessage: 'no box for cake' },
    ]);

    bakery.refuse(undefined);
    const { replayed } = await bakery.deadLetters.replay([consumerOf(bakery)], () => true);
    expect(replayed).toEqual([letters[0]!.id]);
    await eventually(async () => (await deliveryOf(bakery, order))?.status === 'done');
    expect(await parcels(bakery)).toContain(order);
  });

  it('takes no event whose subject has another form, and none that its data contradicts', async () => {
    const { rows } = await bakery.pool.query<{ count: string }>(
      `SELECT count(*) FROM ${bakery.messaging.names.schema}.outbox`,
    );
    const [event] = bakery.messaging.events;
    expect(event!.envelope.safeParse({ subject: '4711' }).error?.issues).toEqual(
      expect.arrayContaining([expect.objectContaining({ path: ['subject'] })]),
    );
    expect(rows).toEqual([{ count: String(2) }]);
  });
});

describe('two applications on one broker and in one database', () => {
  it('do not get each other’s events', async () => {
    const before = florist.attempts.length;
    const order = await bakery.order('rolls');
    const bouquet = await florist.order('roses');
    await eventually(async () => (await deliveryOf(bakery, order))?.status === 'done');
    await eventually(async () => (await deliveryOf(florist, bouquet))?.status === 'done');
    expect(florist.attempts.slice(before)).toEqual([bouquet]);
    expect(bakery.attempts).not.toContain(bouquet);
    expect(await deliveryOf(florist, order)).toBeUndefined();
  });

  it('do not see each other’s dead letters, and miss nothing of each other', async () => {
    bakery.refuse('pie');
    const order = await bakery.order('pie');
    await eventually(async () => (await deliveryOf(bakery, order))?.status === 'failed');
    const signal = AbortSignal.timeout(5_000);
    expect(await florist.deadLetters.list([consumerOf(florist)], signal)).toEqual({
      letters: [],
      unreachable: [],
    });
    expect(await florist.reconciler.reconcile(0, true)).toEqual({
      missing: [],
      resent: 0,
      unreachable: [],
    });
    const names = (shop: Shop) =>
      planTopology(shop.messaging, RETRY_DELAYS_MS).queues.map(({ name }) => name);
    expect(names(bakery)).toContain(deadLetterQueue(consumerOf(bakery)));
    expect(names(florist).filter((name) => names(bakery).includes(name))).toEqual([]);
  });
});
