import { userInterestsChanged } from '#libs/contracts';
import { createEvent } from '../outbox/create-event.js';
import { eventMessage } from './event-message.js';

const USER_ID = '01890a5d-ac96-774b-bcce-b302099a8058';

const event = () =>
  createEvent(
    userInterestsChanged,
    { userId: USER_ID, interests: ['jazz'], interestsVersion: 2, locale: 'zh-CN' },
    { source: 'api', subject: USER_ID, correlationId: 'request-1' },
  );

describe('the message of an event', () => {
  it('goes where it is told', () => {
    expect(eventMessage(event(), 'usher.events', 'user.interests-changed.v1')).toMatchObject({
      exchange: 'usher.events',
      routingKey: 'user.interests-changed.v1',
    });
  });

  it('carries the whole event as JSON', () => {
    const sent = event();

    expect(JSON.parse(eventMessage(sent, '', 'q').content.toString('utf8'))).toEqual(sent);
  });

  it('repeats in its properties what routers and operators look at', () => {
    const sent = { ...event(), time: '2026-01-02T03:04:05.999Z' };

    expect(eventMessage(sent, '', 'q').properties).toEqual({
      messageId: sent.id,
      type: 'user.interests-changed.v1',
      appId: 'api',
      // AMQP counts whole seconds.
      timestamp: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000,
      contentType: 'application/cloudevents+json',
    });
  });
});
