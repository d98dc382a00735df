import { createEvent } from '../outbox/create-event.js';
import { context, order, orderPlaced } from '../shop.fixture.js';
import { eventMessage } from './event-message.js';

const event = () => createEvent(orderPlaced, order(), context);

describe('the message of an event', () => {
  it('goes where it is told', () => {
    expect(eventMessage(event(), 'shop.events', 'order.placed.v1')).toMatchObject({
      exchange: 'shop.events',
      routingKey: 'order.placed.v1',
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
      type: 'order.placed.v1',
      appId: 'shop',
      // AMQP counts whole seconds.
      timestamp: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000,
      contentType: 'application/cloudevents+json',
    });
  });
});
