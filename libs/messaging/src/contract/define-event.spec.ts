import { z } from 'zod';
import { defineEvent, type Subject } from './define-event.js';
import type { CloudEvent } from './event-envelope.js';

const orderPlaced = defineEvent('order.placed.v1', z.object({ total: z.number() }), {
  prefix: 'shop',
});

const event = (attributes: Record<string, unknown> = {}): unknown => ({
  specversion: '1.0',
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  source: 'api',
  type: 'order.placed.v1',
  subject: '01890a5d-ac96-774b-bcce-b302099a8058',
  time: '2026-01-02T03:04:05.678Z',
  datacontenttype: 'application/json',
  dataschema: 'urn:shop:event:order.placed.v1',
  correlationid: 'request-1',
  data: { total: 12 },
  ...attributes,
});

const accepts = (value: unknown) => orderPlaced.envelope.safeParse(value).success;

describe('the type of an event', () => {
  it.each(['order.placed.v1', 'user.interests-changed.v12', 'email-verification.requested.v1'])(
    'may be %s',
    (type) => {
      expect(defineEvent(type, z.object({}), { prefix: 'shop' }).type).toBe(type);
    },
  );

  it.each([
    'order.placed',
    'order.placed.v0',
    'order.placed.1',
    'order.placed.v1.draft',
    'Order.placed.v1',
    'placed.v1',
    'order..v1',
    'order.#.v1',
    '',
  ])('may not be %j', (type) => {
    expect(() => defineEvent(type, z.object({}), { prefix: 'shop' })).toThrow(
      '<aggregate>.<past participle>.v<N>',
    );
  });

  it('names the schema of its data', () => {
    expect(orderPlaced.dataSchemaUri).toBe('urn:shop:event:order.placed.v1');
  });
});

describe('the envelope of an event', () => {
  it('accepts an event of its type with and without the optional attributes', () => {
    expect(orderPlaced.envelope.parse(event())).toEqual(event());
    expect(accepts(event({ causationid: 'event-1', traceparent: '00-0af7-b7ad-01' }))).toBe(true);
  });

  it.each<[keyof CloudEvent, unknown]>([
    ['specversion', '0.3'],
    ['id', 'event-1'],
    ['source', ''],
    ['type', 'order.cancelled.v1'],
    ['subject', ''],
    ['subject', 'x'.repeat(201)],
    ['subject', 'a\0b'],
    ['time', 'yesterday'],
    ['datacontenttype', 'text/xml'],
    ['correlationid', undefined],
    ['data', { total: '12' }],
    ['data', undefined],
  ])('refuses the %s %j', (attribute, value) => {
    expect(accepts(event({ [attribute]: value }))).toBe(false);
  });

  it('drops attributes and properties that it does not know, so that a producer may add some', () => {
    const newer = event({ region: 'eu', data: { total: 12, currency: 'EUR' } });

    expect(orderPlaced.envelope.parse(newer)).toEqual(event());
  });
});

describe('the subject of an event', () => {
  const schema = z.uuid();
  const id = '01890a5d-ac96-774b-bcce-b302099a8058';
  const about = (subject: Subject, attributes: Record<string, unknown>) =>
    defineEvent('order.placed.v1', z.object({ orderId: z.string() }), {
      prefix: 'shop',
      subject,
    }).envelope.safeParse(event(attributes));

  it('may be any text of up to 200 characters', () => {
    expect(accepts(event({ subject: '4711' }))).toBe(true);
    expect(accepts(event({ subject: 'x'.repeat(200) }))).toBe(true);
  });

  it('has at most 200 characters, whatever its form', () => {
    const long = { subject: 'x'.repeat(201), data: { orderId: '1' } };
    expect(about({ schema: z.string() }, long).success).toBe(false);
  });

  it('is repeated by a field that there is', () => {
    expect(() => about({ schema, field: 'number' }, {})).toThrow("no field 'number'");
  });

  it('has the form that the definition gives it', () => {
    expect(about({ schema }, { subject: id, data: { orderId: '1' } }).success).toBe(true);
    expect(about({ schema }, { subject: '4711', data: { orderId: '1' } }).success).toBe(false);
  });

  it('is what a field of the data repeats, where the definition names one', () => {
    const subject = { schema, field: 'orderId' };
    expect(about(subject, { subject: id, data: { orderId: id } }).success).toBe(true);
    const refused = about(subject, { subject: id, data: { orderId: '4711' } });
    expect(refused.error?.issues).toMatchObject([
      { path: ['data', 'orderId'], message: 'is not the subject' },
    ]);
  });
});
