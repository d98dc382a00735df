import { eventCatalog } from './event-catalog.js';
import { consumersOf, subscriptions } from './subscriptions.js';

describe('the list of subscriptions', () => {
  it('names events of the catalogue only', () => {
    expect(eventCatalog).toEqual(expect.arrayContaining(subscriptions.map(({ event }) => event)));
  });

  it('leaves no event of the catalogue without a consumer', () => {
    const unheard = eventCatalog.filter(({ type }) => consumersOf(type).length === 0);

    expect(unheard).toEqual([]);
  });

  it('gives every consumer a name of its own', () => {
    const consumers = subscriptions.map(({ consumer }) => consumer);

    expect(new Set(consumers).size).toBe(consumers.length);
  });

  it('lets one consumer only complete a step', () => {
    const steps = subscriptions.flatMap(({ step }) => step ?? []);

    expect(new Set(steps).size).toBe(steps.length);
    expect(steps).toContain('welcome-email');
  });

  it('guards mail, which no transaction can take back, by a lease', () => {
    const ofMail = subscriptions.filter(({ app }) => app === 'email-worker');

    expect(ofMail.length).toBeGreaterThan(0);
    expect(new Set(ofMail.map(({ effect }) => effect))).toEqual(new Set(['external']));
  });
});

describe('the catalogue of events', () => {
  it('has each type once', () => {
    const types = eventCatalog.map(({ type }) => type);

    expect(new Set(types).size).toBe(types.length);
  });
});

describe('the consumers of an event', () => {
  it('are those that subscribed to its type, in the order of the list', () => {
    const registered = subscriptions.filter(({ event }) => event.type === 'user.registered.v1');

    expect(registered.length).toBeGreaterThan(1);
    expect(consumersOf('user.registered.v1')).toEqual(registered.map(({ consumer }) => consumer));
    expect(consumersOf('user.registered.v1')).not.toContain(
      'recommendation-worker.recompute-recommendations',
    );
  });

  it('are none for a type that nobody subscribed to', () => {
    expect(consumersOf('user.registered.v2')).toEqual([]);
  });
});
