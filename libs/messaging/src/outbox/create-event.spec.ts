import { userInterestsChanged } from '#libs/contracts';
import { version as uuidVersion } from 'uuid';
import { createEvent, type EventContext } from './create-event.js';

const USER_ID = '01890a5d-ac96-774b-bcce-b302099a8058';

const data = () => ({
  userId: USER_ID,
  interests: ['jazz'],
  interestsVersion: 2,
  locale: 'en' as const,
});

const create = (context: Partial<EventContext> = {}) =>
  createEvent(userInterestsChanged, data(), {
    source: 'api',
    subject: USER_ID,
    correlationId: 'request-1',
    ...context,
  });

describe('a new event', () => {
  it('says what happened to whom, and because of which request', () => {
    expect(create()).toEqual({
      specversion: '1.0',
      id: expect.any(String),
      source: 'api',
      type: 'user.interests-changed.v1',
      subject: USER_ID,
      time: expect.any(String),
      datacontenttype: 'application/json',
      dataschema: 'urn:usher:event:user.interests-changed.v1',
      correlationid: 'request-1',
      data: data(),
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
    expect(() =>
      createEvent(
        userInterestsChanged,
        { ...data(), interests: ['Not A Tag'] },
        { source: 'api', subject: USER_ID, correlationId: 'request-1' },
      ),
    ).toThrow(/interests/);
  });

  it('is refused when it belongs to no user', () => {
    expect(() => create({ subject: 'nobody' })).toThrow(/subject/);
  });
});
