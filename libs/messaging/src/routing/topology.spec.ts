import { z } from 'zod';
import { defineEvent } from '../contract/define-event.js';
import { defineSubscription } from '../contract/define-subscription.js';
import { Messaging } from '../contract/messaging.js';
import { definition, forecast, orderPlaced, packParcel } from '../shop.fixture.js';
import { queueArguments } from './queue-arguments.js';
import { planTopology } from './topology.js';

/** Whose queues are named after their consumers alone. */
const shop = new Messaging({ ...definition, queuePrefix: '' });

const DELAYS_MS = [1_000, 60_000];

describe('the topology of a subscription', () => {
  const plan = planTopology(shop, DELAYS_MS, { subscriptions: [packParcel] });

  it('has an exchange for events, one for dead letters and those for hints', () => {
    expect(plan.exchanges).toEqual([
      { name: 'shop.events', type: 'topic' },
      { name: 'shop.dlx', type: 'direct' },
      { name: 'shop.progress', type: 'fanout' },
      { name: 'shop.outbox', type: 'fanout' },
      { name: 'shop.prices', type: 'fanout' },
    ]);
  });

  it('has a handler queue, a dead-letter queue and one wait queue per step', () => {
    const queue = 'parcel-worker.pack-parcel';

    expect(plan.queues).toEqual([
      { name: `${queue}.dlq`, arguments: queueArguments.deadLetter() },
      { name: queue, arguments: queueArguments.handler(queue, 'shop.dlx') },
      { name: `${queue}.retry.1s`, arguments: queueArguments.retry(queue, 1_000) },
      { name: `${queue}.retry.1m`, arguments: queueArguments.retry(queue, 60_000) },
    ]);
  });

  it('binds the handler queue to the type of the event and the dead letters to the queue', () => {
    expect(plan.bindings).toEqual([
      {
        exchange: 'shop.dlx',
        queue: 'parcel-worker.pack-parcel.dlq',
        key: 'parcel-worker.pack-parcel',
      },
      {
        exchange: 'shop.events',
        queue: 'parcel-worker.pack-parcel',
        key: 'order.placed.v1',
      },
    ]);
  });
});

describe('the topology of a subscription to several events', () => {
  const orderPaid = defineEvent('order.paid.v1', z.object({}), { prefix: 'shop' });
  const subscription = defineSubscription([orderPlaced, orderPaid], {
    consumer: 'parcel-worker.follow-order',
    retries: 'short',
  });
  const plan = planTopology(shop, [1_000, 10_000, 60_000], { subscriptions: [subscription] });

  it('binds one queue to the type of each', () => {
    expect(plan.bindings.filter(({ exchange }) => exchange === 'shop.events')).toEqual([
      { exchange: 'shop.events', queue: subscription.consumer, key: 'order.placed.v1' },
      { exchange: 'shop.events', queue: subscription.consumer, key: 'order.paid.v1' },
    ]);
  });

  it('has one wait queue, that of the second pause, when its retries are short', () => {
    expect(plan.queues.map(({ name }) => name)).toEqual([
      `${subscription.consumer}.dlq`,
      subscription.consumer,
      `${subscription.consumer}.retry.10s`,
    ]);
  });

  it('has the only pause when there is one', () => {
    const { queues } = planTopology(shop, [500], { subscriptions: [subscription] });

    expect(queues.at(-1)!.name).toBe(`${subscription.consumer}.retry.500ms`);
  });
});

describe('the topology of a request', () => {
  it('is one classic queue that dead-letters nothing and cannot grow without end', () => {
    const { queues, bindings } = planTopology(shop, DELAYS_MS, { requests: [forecast] });

    expect(bindings).toEqual([]);
    expect(queues).toEqual([
      {
        name: 'weather-worker.forecast',
        arguments: { 'x-queue-type': 'classic', 'x-max-length': 1_000 },
      },
    ]);
  });
});

describe('the whole topology', () => {
  it('gives two consumers of one event a queue each', () => {
    const { bindings } = planTopology(shop, DELAYS_MS);
    const events = bindings.filter(({ exchange }) => exchange === 'shop.events');

    expect(events.map(({ queue }) => queue)).toEqual([
      'parcel-worker.pack-parcel',
      'bill-worker.send-bill',
    ]);
  });

  it('declares every queue after the queue that it dead-letters to', () => {
    const { queues, bindings } = planTopology(shop, DELAYS_MS);
    const names = queues.map(({ name }) => name);
    const targets = queues.flatMap(({ name, arguments: args }) => {
      const exchange = args['x-dead-letter-exchange'];
      const key = args['x-dead-letter-routing-key'];
      if (exchange === undefined) return [];
      // The default exchange routes to the queue of that name.
      const to =
        exchange === ''
          ? key
          : bindings.find((b) => b.exchange === exchange && b.key === key)?.queue;
      return [{ name, to }];
    });

    expect(targets).toHaveLength(shop.subscriptions.length * (1 + DELAYS_MS.length));
    for (const { name, to } of targets) {
      expect(names.slice(0, names.indexOf(name))).toContain(to);
    }
  });

  it('names no queue twice', () => {
    const names = planTopology(shop, DELAYS_MS).queues.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('two applications on one broker', () => {
  it('share no name', () => {
    const event = { ...orderPlaced, prefix: 'bakery' };
    const other = new Messaging({
      prefix: 'bakery',
      events: [event],
      subscriptions: [{ ...packParcel, events: [event] }],
    });
    const names = (messaging: Messaging) => {
      const { exchanges, queues } = planTopology(messaging, DELAYS_MS);
      return [...exchanges, ...queues].map(({ name }) => name);
    };
    const prefixed = names(new Messaging(definition));

    expect(prefixed.every((name) => name.startsWith('shop.'))).toBe(true);
    expect(names(other).filter((name) => prefixed.includes(name))).toEqual([]);
  });
});
