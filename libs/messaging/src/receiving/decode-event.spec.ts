import type { ConsumeMessage } from 'amqplib';
import { z } from 'zod';
import { defineEvent } from '../contract/define-event.js';
import { createEvent } from '../outbox/create-event.js';
import { eventMessage } from '../sending/event-message.js';
import { context, order, orderPlaced } from '../shop.fixture.js';
import { decodeEvent } from './decode-event.js';
import { InvalidMessageError, UnknownEventTypeError } from '../retry/errors.js';

const event = () => createEvent(orderPlaced, order(), context);

function message(body: unknown, properties: { contentType?: string } = {}): ConsumeMessage {
  const content = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const defaults = { contentType: 'application/cloudevents+json', headers: {} };
  return { content, properties: { ...defaults, ...properties } } as unknown as ConsumeMessage;
}

const decode = (received: ConsumeMessage) => decodeEvent(received, [orderPlaced]);

/** The error that decoding this message ends in. */
function refusalOf(received: ConsumeMessage): Error {
  try {
    decode(received);
  } catch (error) {
    return error as Error;
  }
  throw new Error('the message was accepted');
}

describe('decoding a message of a queue with several types', () => {
  const paid = defineEvent('order.paid.v1', z.object({ amount: z.number() }), { prefix: 'shop' });
  const decodeEither = (body: unknown) => decodeEvent(message(body), [orderPlaced, paid]);
  const aPayment = { ...event(), type: paid.type, data: { amount: 12 } };

  it('goes by the schema of its type', () => {
    const placed = event();

    expect(decodeEither(placed)).toEqual(placed);
    expect(decodeEither(aPayment)).toMatchObject({ data: { amount: 12 } });
    expect(() => decodeEither({ ...aPayment, data: { amount: '12' } })).toThrow('data.amount');
  });

  it('refuses a type that is none of them', () => {
    expect(() => decodeEither({ ...aPayment, type: 'order.lost.v1' })).toThrow(
      "type 'order.lost.v1' is not 'order.placed.v1' or 'order.paid.v1'",
    );
  });

  it('refuses what has no type', () => {
    expect(() => decodeEither({ ...aPayment, type: undefined })).toThrow(InvalidMessageError);
  });
});

describe('decoding a message', () => {
  it('answers with the event that was sent', () => {
    const sent = event();
    const { content, properties } = eventMessage(sent, 'shop.events', sent.type);

    expect(decode({ content, properties } as unknown as ConsumeMessage)).toEqual(sent);
  });

  it('drops what the schema does not know', () => {
    const sent = event();
    const newer = { ...sent, region: 'eu', data: { ...sent.data, mood: 'curious' } };

    expect(decode(message(newer))).toEqual(sent);
  });

  it.each(['application/cloudevents+json; charset=utf-8', undefined])(
    'accepts the content type %p',
    (contentType) => {
      const sent = event();

      expect(decode(message(sent, { contentType }))).toEqual(sent);
    },
  );

  it.each(['application/json', 'text/plain', 'application/octet-stream', ''])(
    'refuses the content type %j',
    (contentType) => {
      const refusal = refusalOf(message(event(), { contentType }));

      expect(refusal).toBeInstanceOf(InvalidMessageError);
      expect(refusal.message).toContain('is not application/cloudevents+json');
    },
  );

  it.each(['', '{', 'hello', '{"type":', '\uFEFF{}'])('refuses %j, which is not JSON', (body) => {
    const refusal = refusalOf(message(body));

    expect(refusal).toBeInstanceOf(InvalidMessageError);
    expect(refusal.message).toBe('the body is not JSON in UTF-8');
  });

  it.each(['null', '[]', '7', '"an event"', '{}', '{"type":7}'])(
    'refuses the JSON %s, which is no event',
    (body) => {
      expect(refusalOf(message(body))).toBeInstanceOf(InvalidMessageError);
    },
  );

  it('refuses an event of another type as unknown, whatever else it looks like', () => {
    const refusal = refusalOf(message({ type: 'order.placed.v2', data: 7 }));

    expect(refusal).toBeInstanceOf(UnknownEventTypeError);
    expect(refusal.message).toContain("'order.placed.v2'");
  });

  it('names the paths of all violations of the schema', () => {
    const { data, ...attributes } = event();
    const refusal = refusalOf(
      message({
        ...attributes,
        subject: 'nobody',
        data: { ...data, goods: ['tea', 'Not A Good'], currency: 'USD' },
      }),
    );

    expect(refusal).toBeInstanceOf(InvalidMessageError);
    expect(refusal.message.split('; ').map((problem) => problem.split(':')[0])).toEqual([
      'subject',
      'data.goods.1',
      'data.currency',
    ]);
  });

  it('never repeats the values, which may be personal', () => {
    const personal = 'mike@example.com';
    const refusal = refusalOf(
      message({
        ...event(),
        id: personal,
        subject: personal,
        time: personal,
        specversion: personal,
        data: {
          orderId: personal,
          goods: [personal],
          version: personal,
          currency: personal,
          country: personal,
        },
      }),
    );

    expect(refusal.message).toContain('data.country');
    expect(refusal.message).not.toContain('mike');
  });
});
