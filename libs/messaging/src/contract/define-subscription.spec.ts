import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { defineSubscription } from './define-subscription.js';

const orderPlaced = defineEvent('order.placed.v1', z.object({}), { prefix: 'shop' });

describe('a subscription', () => {
  it('takes the app from the name of the consumer', () => {
    const subscription = defineSubscription(orderPlaced, {
      consumer: 'parcel-worker.pack-parcel',
    });

    expect(subscription).toMatchObject({
      events: [orderPlaced],
      consumer: 'parcel-worker.pack-parcel',
      app: 'parcel-worker',
    });
  });

  it('has an effect in the database and completes no step unless it says otherwise', () => {
    const consumer = 'parcel-worker.pack-parcel';

    expect(defineSubscription(orderPlaced, { consumer })).toMatchObject({
      effect: 'transaction',
      step: undefined,
    });
    expect(
      defineSubscription(orderPlaced, { consumer, effect: 'external', step: 'parcel' }),
    ).toMatchObject({ effect: 'external', step: 'parcel' });
  });

  it('may take several events, each once', () => {
    const orderPaid = defineEvent('order.paid.v1', z.object({}), { prefix: 'shop' });
    const consumer = 'parcel-worker.pack-parcel';

    expect(defineSubscription([orderPlaced, orderPaid], { consumer }).events).toEqual([
      orderPlaced,
      orderPaid,
    ]);
    for (const events of [[], [orderPlaced, orderPlaced]])
      expect(() => defineSubscription(events, { consumer })).toThrow(
        `'${consumer}' subscribes to no event, or to one twice`,
      );
  });

  it('sends hints when it says so, and always for a step', () => {
    const hintOf = (options: object) =>
      defineSubscription(orderPlaced, { consumer: 'parcel-worker.pack-parcel', ...options }).hint;

    expect(hintOf({})).toBe(false);
    expect(hintOf({ hint: true })).toBe(true);
    expect(hintOf({ step: 'parcel', hint: false })).toBe(true);
  });

  it.each([
    'parcel-worker',
    'parcel-worker.',
    '.pack-parcel',
    'parcel-worker.pack-parcel.now',
    'Parcel.pack',
    'parcel worker.pack',
    'parcel-worker.pack-parcel\n',
    '',
  ])('refuses the consumer name %j', (consumer) => {
    expect(() => defineSubscription(orderPlaced, { consumer })).toThrow(
      '<app>.<what the handler does>',
    );
  });
});
