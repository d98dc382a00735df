import { definition, forecast, orderPlaced, packParcel } from '../shop.fixture.js';
import { Messaging } from './messaging.js';

describe('the messaging of an application', () => {
  const shop = new Messaging(definition);

  it('has names that begin with its prefix, the schema of its tables among them', () => {
    expect(shop.names).toMatchObject({
      events: 'shop.events',
      deadLetters: 'shop.dlx',
      schema: 'shop_messaging',
    });
    expect(shop.names.metric('published')).toBe('shop_published');
    expect(shop.subscriptions.map(({ consumer }) => consumer)).toContain(
      'shop.parcel-worker.pack-parcel',
    );
  });

  it('finds what is defined under the name of its queue', () => {
    expect(shop.find(packParcel)?.consumer).toBe('shop.parcel-worker.pack-parcel');
    expect(shop.find(forecast)?.queue).toBe('shop.weather-worker.forecast');
    expect(shop.find({ ...packParcel })).toBeUndefined();
  });

  it('keeps names that were there before it had a prefix', () => {
    const old = new Messaging({ ...definition, queuePrefix: '', schema: 'messaging' });
    expect(old.find(packParcel)).toBe(packParcel);
    expect(old.names.schema).toBe('messaging');
  });

  it('knows the consumers of an event, in the order of the list', () => {
    expect(shop.consumersOf('order.placed.v1')).toEqual([
      'shop.parcel-worker.pack-parcel',
      'shop.bill-worker.send-bill',
    ]);
    expect(shop.consumersOf('order.placed.v2')).toEqual([]);
  });

  it('knows the steps that an event leads to', () => {
    const packed = { ...packParcel, step: 'parcel' };
    const stepping = new Messaging({ ...definition, subscriptions: [packed] });
    expect(stepping.stepsOf('order.placed.v1')).toEqual(['parcel']);
    expect(stepping.stepsOf('order.placed.v2')).toEqual([]);
  });

  it.each([
    ['prefix', { prefix: 'Shop' }],
    ['prefix', { prefix: '' }],
    ['prefix', { prefix: 'pg' }],
    ['prefix', { prefix: 'a'.repeat(41) }],
    ['schema', { schema: 'public' }],
    ['schema', { schema: 'a; DROP TABLE x' }],
    ['queuePrefix', { queuePrefix: 'shop' }],
  ])('refuses a %s that is no name: %j', (_what, names) => {
    expect(() => new Messaging({ ...definition, ...names })).toThrow('does not match');
  });

  it('refuses an event of another application', () => {
    const foreign = { ...orderPlaced, prefix: 'bakery' };
    expect(() => new Messaging({ ...definition, events: [foreign] })).toThrow(
      "'order.placed.v1' has the prefix 'bakery', not 'shop'",
    );
  });

  it('refuses a subscription to an event that it does not have', () => {
    expect(() => new Messaging({ ...definition, events: [] })).toThrow(
      "'parcel-worker.pack-parcel' subscribes to no event",
    );
  });

  it('refuses two definitions of one name', () => {
    const twice = { ...definition, events: [orderPlaced, orderPlaced] };
    expect(() => new Messaging(twice)).toThrow("two definitions have the type 'order.placed.v1'");
    const hintTopics = ['events'];
    expect(() => new Messaging({ ...definition, hintTopics })).toThrow("'shop.events'");
    const subscriptions = [packParcel, { ...packParcel }];
    expect(() => new Messaging({ ...definition, subscriptions })).toThrow('pack-parcel');
  });
});
