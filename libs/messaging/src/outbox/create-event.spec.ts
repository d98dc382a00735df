import { version as uuidVersion } from 'uuid';
import { context, order, ORDER_ID, orderPlaced } from '../shop.fixture.js';
import { createEvent, type EventContext } from './create-event.js';

const create = (given: Partial<EventContext> = {}) =>
  createEvent(orderPlaced, order(), { ...context, ...given });

describe('a new event', () => {
  it('says what happened to what, and because of which request', () => {
    expect(create()).toEqual({
      specversion: '1.0',
      id: expect.any(String),
      source: 'shop',
      type: 'order.placed.v1',
      subject: ORDER_ID,
      time: expect.any(String),
      datacontenttype: 'application/json',
      dataschema: 'urn:shop:event:order.placed.v1',
      correlationid: 'request-1',
      data: order(),
    });
  });

  it('has an id of its own, a UUIDv7, so that ids sort in the order of events', () => {
    const ids = Array.from({ length: 50 }, () => create().id);

    expect(new Set(ids).size).toBe(50);
    expect(ids).toEqual(ids.toSorted());
    expect(ids.map(uuidVersion)).toEqual(Array(50).fill(7));
  });

  it('happened now', () => {
    const before = Date.now();
    const time = Date.parse(create().time);

    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('names the event that led to it, if there is one', () => {
    expect(create({ causationId: 'event-0' })).toMatchObject({ causationid: 'event-0' });
  });

  it('names no trace where nothing is traced', () => {
    expect(create()).not.toHaveProperty('traceparent');
  });

  it('is refused when its data does not fit the definition', () => {
    expect(() => createEvent(orderPlaced, { ...order(), goods: ['Not A Good'] }, context)).toThrow(
      /goods/,
    );
  });

  it('is refused when it is about nothing that can be', () => {
    expect(() => create({ subject: 'nobody' })).toThrow(/subject/);
  });
});
