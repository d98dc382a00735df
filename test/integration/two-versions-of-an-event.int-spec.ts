import { Controller } from '@nestjs/common';
import { defineUserEvent, userRegistered, usherMessaging } from '#libs/contracts';
import {
  createEvent,
  deadLetterQueue,
  defineSubscription,
  eventMessage,
  type EventOf,
  eventSchema,
  exampleOf,
  OutboxStore,
  Subscribe,
} from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { compatibilityProblems } from '../../tools/contract-docs/src/compatibility.js';
import { eventually } from '../support/eventually.js';
import { randomName } from '../support/random-name.js';
import { TestBroker } from '../support/test-broker.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestRelay, type TestRelay } from '../support/test-relay.js';
import { startTestWorker, testMessaging, type TestWorker } from '../support/test-worker.js';

/** An aggregate of its own, so that no other consumer of this broker gets its events. */
const user = `test-${randomName()}`;

/** As `user.registered.v1`, to the letter. */
const registeredV1 = defineUserEvent(`${user}.registered.v1`, userRegistered.data);
/** A change that no reader of v1 would survive: the one name has become two. */
const registeredV2 = defineUserEvent(
  `${user}.registered.v2`,
  userRegistered.data
    .omit({ displayName: true })
    .extend({ name: z.object({ given: z.string(), family: z.string() }) }),
);

const greetOld = defineSubscription(registeredV1, { consumer: `${user}.greet` });
const greetNew = defineSubscription(registeredV2, { consumer: `${user}.greet-by-name` });
const everyVersion = `${user}.every-version`;
const greetings: string[] = [];

@Controller()
class GreetOld {
  @Subscribe(greetOld)
  async handle({ data }: EventOf<typeof registeredV1>): Promise<void> {
    greetings.push(`v1 ${data.displayName}`);
  }
}

@Controller()
class GreetNew {
  @Subscribe(greetNew)
  async handle({ data }: EventOf<typeof registeredV2>): Promise<void> {
    greetings.push(`v2 ${data.name.family} ${data.name.given}`);
  }
}

let db: TestDatabase;
let broker: TestBroker;
let worker: TestWorker;
let relay: TestRelay;

beforeAll(async () => {
  db = await createTestDatabase();
  broker = await TestBroker.connect();
  worker = await startTestWorker({
    subscriptions: [greetOld, greetNew],
    handlers: [GreetOld, GreetNew],
    database: db.database,
  });
  await broker.channel.assertQueue(everyVersion, { durable: true });
  await broker.channel.bindQueue(everyVersion, usherMessaging.names.events, `${user}.registered.*`);
  relay = startTestRelay(new OutboxStore(usherMessaging, db.database), {
    messaging: testMessaging([greetOld, greetNew]),
  });
});

afterAll(async () => {
  await relay.stop();
  await worker.close();
  await broker.channel.deleteQueue(everyVersion);
  await broker.deleteAll(worker.topology);
  await broker.close();
  await db.drop();
});

/** What the API says during the transition: the same fact in both versions, in one transaction. */
async function signUp(given: string, family: string) {
  const { data } = exampleOf(userRegistered) as { data: EventOf<typeof registeredV1>['data'] };
  const userId = randomUUID();
  const context = { source: 'api', subject: userId, correlationId: randomUUID() };
  const { displayName: _, ...rest } = data;
  const v1 = createEvent(
    registeredV1,
    { ...data, userId, displayName: `${given} ${family}` },
    context,
  );
  const v2 = createEvent(registeredV2, { ...rest, userId, name: { given, family } }, context);
  await db.database.transaction(async (transaction) => {
    await relay.outbox.append(transaction, v1);
    await relay.outbox.append(transaction, v2);
  });
  return { v1, v2 };
}

const statuses = async (...ids: string[]) => {
  const rows = await db.database.query<{ consumer: string; status: string }>(
    'SELECT consumer, status FROM messaging.deliveries WHERE event_id = ANY($1::uuid[]) ORDER BY consumer',
    [ids],
  );
  return rows.map(({ consumer, status }) => `${consumer} ${status}`);
};

describe('an event that is published in two versions', () => {
  it('reaches the old consumer as it always did, the new one as it is now, and a binding to all twice', async () => {
    const { v1, v2 } = await signUp('Mei', 'Lin');
    await eventually(async () => (await statuses(v1.id, v2.id)).length === 2);

    expect(await statuses(v1.id, v2.id)).toEqual([
      `${greetOld.consumer} done`,
      `${greetNew.consumer} done`,
    ]);
    expect(greetings.toSorted()).toEqual(['v1 Mei Lin', 'v2 Lin Mei']);
    await eventually(async () => (await broker.depth(everyVersion)) === 2);
    const both = [await broker.take(everyVersion), await broker.take(everyVersion)];
    expect(both.map((message) => message?.properties.type as string).toSorted()).toEqual([
      registeredV1.type,
      registeredV2.type,
    ]);
    for (const { consumer } of [greetOld, greetNew]) {
      await expect(broker.depth(deadLetterQueue(consumer))).resolves.toBe(0);
    }
  });

  it('is not handled by a consumer that gets a version it does not know, and goes on with its own', async () => {
    greetings.length = 0;
    const { consumer } = greetOld;
    await broker.channel.bindQueue(consumer, usherMessaging.names.events, registeredV2.type);
    const { v1, v2 } = await signUp('Ada', 'Byron');
    const letter = await eventually(() => broker.take(deadLetterQueue(consumer)));

    expect(letter.properties.messageId).toBe(v2.id);
    expect(letter.properties.headers).toMatchObject({
      'dead-letter-reason': 'unknown-type',
      'original-routing-key': registeredV2.type,
      attempts: 0,
    });
    await eventually(async () => (await statuses(v1.id)).length === 1);
    expect(greetings).toContain('v1 Ada Byron');
    await broker.channel.unbindQueue(consumer, usherMessaging.names.events, registeredV2.type);
  });

  it('is what the check asks for: as a change of v1 it would be refused', () => {
    expect(compatibilityProblems(eventSchema(registeredV1), eventSchema(registeredV2))).toEqual([
      expect.stringContaining('type: const was'),
      'data.displayName: has been removed',
      'data.name: is new and required',
    ]);
  });

  it('leaves readers of v1 in peace when v1 itself only gets a field more', async () => {
    greetings.length = 0;
    const { v1 } = await signUp('Grace', 'Hopper');
    await eventually(() => greetings.includes('v1 Grace Hopper'));
    const newer = { ...v1, id: randomUUID(), data: { ...v1.data, nickname: 'Amazing Grace' } };
    const { content, properties } = eventMessage(newer, usherMessaging.names.events, newer.type);
    broker.channel.publish(usherMessaging.names.events, newer.type, content, properties);
    await eventually(async () => (await statuses(newer.id)).includes(`${greetOld.consumer} done`));
    expect(greetings.filter((each) => each === 'v1 Grace Hopper')).toHaveLength(2);
  });
});
