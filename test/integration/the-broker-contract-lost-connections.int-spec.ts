import { usherMessaging } from '#libs/contracts';
import { Logger } from '@nestjs/common';
import { BrokerConnection, ConfirmPublisher, type PublishOutcome } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { BrokerSandbox } from '../support/broker-sandbox.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';

const MESSAGES = 10_000;
const PUBLISHERS = 100;
const CONFIRM_TIMEOUT_MS = 10_000;
/** The line is cut when so many are confirmed. */
const CUTS = [2_500, 6_000];

let broker: BrokerSandbox;
let proxy: FaultProxy;
let connection: BrokerConnection;
let publisher: ConfirmPublisher;

beforeAll(async () => {
  Logger.overrideLogger(false);
  broker = await BrokerSandbox.open();
  proxy = await FaultProxy.before(given('RABBITMQ_URL'));
  connection = new BrokerConnection([proxy.url], 'contract');
  publisher = new ConfirmPublisher(usherMessaging, connection, CONFIRM_TIMEOUT_MS);
  connection.open();
  publisher.start();
  await eventually(() => publisher.isReady);
});

afterAll(async () => {
  await publisher.stop();
  await connection.close();
  await proxy.close();
  await broker.close();
});

it('10,000 messages of 100 publishers all arrive though the connection is cut twice', async () => {
  const queue = await broker.queueOf('quorum');
  const ids = Array.from({ length: MESSAGES }, () => randomUUID());
  const toSend = ids.values();
  const outcomes = new Map<PublishOutcome, number>();
  const cuts = CUTS.values();
  let nextCut = cuts.next().value;

  /** As every user of the publisher does: until the confirm, with the same id. */
  async function publishUntilConfirmed(messageId: string): Promise<void> {
    for (;;) {
      const outcome = await publisher.publish({
        exchange: '',
        routingKey: queue,
        content: Buffer.from(messageId),
        properties: { messageId },
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'confirmed') break;
      await eventually(() => publisher.isReady);
    }
    if (outcomes.get('confirmed') === nextCut) {
      nextCut = cuts.next().value;
      await proxy.reset();
    }
  }

  await Promise.all(
    Array.from({ length: PUBLISHERS }, async () => {
      for (const id of toSend) await publishUntilConfirmed(id);
    }),
  );
  expect(outcomes.get('confirmed')).toBe(MESSAGES);
  // Both cuts hit messages on their way, and nothing but the cuts went wrong.
  const unavailable = outcomes.get('unavailable') ?? 0;
  expect(unavailable).toBeGreaterThanOrEqual(CUTS.length);
  expect([...outcomes.keys()].toSorted()).toEqual(['confirmed', 'unavailable']);

  const last = 'the last of all';
  await broker.publish('', queue, last, { messageId: last });
  const inbox = await broker.consume(broker.channel, queue, undefined, { noAck: true });
  await eventually(() => inbox.received.at(-1)?.properties.messageId === last);
  const received = inbox.received.slice(0, -1).map((message) => message!.properties.messageId);
  expect(new Set(received)).toEqual(new Set(ids));
  // A duplicate is a message of which only the confirm was lost.
  expect(received.length - MESSAGES).toBeLessThanOrEqual(unavailable);
});
