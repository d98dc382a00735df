import { subscriptions } from '#libs/contracts';
import { defineEvent } from '../contract/define-event.js';
import { defineRequest } from '../contract/define-request.js';
import { defineSubscription } from '../contract/define-subscription.js';
import { z } from 'zod';
import { queueArguments } from './queue-arguments.js';
import { planTopology } from './topology.js';

const orderPlaced = defineEvent('order.placed.v1', z.object({}));
const packParcel = defineSubscription(orderPlaced, { consumer: 'parcel-worker.pack-parcel' });
const sendBill = defineSubscription(orderPlaced, { consumer: 'bill-worker.send-bill' });

const DELAYS_MS = [1_000, 60_000];

describe('the topology of a subscription', () => {
  const plan = planTopology([packParcel], DELAYS_MS);

  it('has an exchange for events, one for dead letters and those for hints', () => {
    expect(plan.exchanges).toEqual([
      { name: 'usher.events', type: 'topic' },
      { name: 'usher.dlx', type: 'direct' },
      { name: 'usher.progress', type: 'fanout' },
      { name: 'usher.catalogue', type: 'fanout' },
    ]);
  });

  it('has a handler queue, a dead-letter queue and one wait queue per step', () => {
    const queue = 'parcel-worker.pack-parcel';

    expect(plan.queues).toEqual([
      { name: `${queue}.dlq`, arguments: queueArguments.deadLetter() },
      { name: queue, arguments: queueArguments.handler(queue) },
      { name: `${queue}.retry.1s`, arguments: queueArguments.retry(queue, 1_000) },
      { name: `${queue}.retry.1m`, arguments: queueArguments.retry(queue, 60_000) },
    ]);
  });

  it('binds the handler queue to the type of the event and the dead letters to the queue', () => {
    expect(plan.bindings).toEqual([
      {
        exchange: 'usher.dlx',
        queue: 'parcel-worker.pack-parcel.dlq',
        key: 'parcel-worker.pack-parcel',
      },
      {
        exchange: 'usher.events',
        queue: 'parcel-worker.pack-parcel',
        key: 'order.placed.v1',
      },
    ]);
  });
});

describe('the topology of a request', () => {
  it('is one classic queue that dead-letters nothing and cannot grow without end', () => {
    const forecast = defineRequest('weather-worker.forecast', {
      deadlineMs: 100,
      question: z.string(),
      answer: z.string(),
    });
    const { queues, bindings } = planTopology([], DELAYS_MS, [forecast]);

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
    const { bindings } = planTopology([packParcel, sendBill], DELAYS_MS);
    const events = bindings.filter(({ exchange }) => exchange === 'usher.events');

    expect(events.map(({ queue }) => queue)).toEqual([
      'parcel-worker.pack-parcel',
      'bill-worker.send-bill',
    ]);
  });

  it('declares every queue after the queue that it dead-letters to', () => {
    const { queues, bindings } = planTopology(subscriptions, DELAYS_MS);
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

    expect(targets).toHaveLength(subscriptions.length * (1 + DELAYS_MS.length));
    for (const { name, to } of targets) {
      expect(names.slice(0, names.indexOf(name))).toContain(to);
    }
  });

  it('names no queue twice', () => {
    const names = planTopology(subscriptions, DELAYS_MS).queues.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});
