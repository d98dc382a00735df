import { eventCatalog } from './event-catalog.js';
import { subscriptions } from './subscriptions.js';
import { usherMessaging } from './usher.js';

describe('the list of subscriptions', () => {
  it('names events of the catalogue only', () => {
    expect(eventCatalog).toEqual(
      expect.arrayContaining(subscriptions.flatMap(({ events }) => events)),
    );
  });

  it('leaves no event of the catalogue without a consumer', () => {
    const unheard = eventCatalog.filter(
      ({ type }) => usherMessaging.consumersOf(type).length === 0,
    );

    expect(unheard).toEqual([]);
  });

  it('lets one consumer only complete a step', () => {
    const steps = subscriptions.flatMap(({ step }) => step ?? []);

    expect(new Set(steps).size).toBe(steps.length);
    expect(steps).toContain('welcome-email');
  });

  it('guards mail, which no transaction can take back, by a lease', () => {
    const ofMail = subscriptions.filter(({ consumer }) =>
      consumer.startsWith('email-worker.send-'),
    );

    expect(ofMail.length).toBeGreaterThan(0);
    expect(new Set(ofMail.map(({ effect }) => effect))).toEqual(new Set(['external']));
  });
});
