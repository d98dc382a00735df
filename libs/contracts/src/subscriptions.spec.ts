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

    expect(steps.toSorted()).toEqual(['getting-started-guide', 'recommendations', 'welcome-email']);
  });

  it('guards mail, which no transaction can take back, by a lease', () => {
    const external = subscriptions.filter(({ effect }) => effect === 'external');

    expect(external.map(({ app }) => app)).toEqual(['email-worker']);
  });
});

describe('the catalogue of events', () => {
  it('has each type once', () => {
    const types = eventCatalog.map(({ type }) => type);

    expect(new Set(types).size).toBe(types.length);
  });
});

describe('the consumers of an event', () => {
  it('are those that subscribed to its type', () => {
    expect(consumersOf('user.registered.v1')).toEqual([
      'email-worker.send-welcome-email',
      'recommendation-worker.compute-recommendations',
      'notification-worker.deliver-getting-started-guide',
    ]);
    expect(consumersOf('user.interests-changed.v1')).toEqual([
      'recommendation-worker.recompute-recommendations',
    ]);
  });

  it('are none for a type that nobody subscribed to', () => {
    expect(consumersOf('user.registered.v2')).toEqual([]);
  });
});
