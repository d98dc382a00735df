import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { defineEvent } from '#libs/messaging';
import { eventCatalog } from './event-catalog.js';
import { eventSchema, exampleOf, type JsonSchema } from '#libs/messaging';

function validator(definition: Parameters<typeof eventSchema>[0]) {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(eventSchema(definition));
}

describe.each(eventCatalog.map((definition) => [definition.type, definition] as const))(
  'the schema of %s',
  (type, definition) => {
    const schema = eventSchema(definition);
    const data = schema.properties!['data'] as JsonSchema;
    const accepts = validator(definition);

    it('accepts the example, as zod does', () => {
      expect(accepts(exampleOf(definition))).toBe(true);
      expect(definition.envelope.parse(exampleOf(definition))).toEqual(exampleOf(definition));
    });

    it('says what the event and each of its fields mean', () => {
      const fields = Object.values({ ...schema.properties, ...data.properties }) as JsonSchema[];
      expect([schema, ...fields].filter(({ description }) => !description)).toEqual([]);
    });

    it('is what the attribute `dataschema` names', () => {
      expect(data.$id).toBe(definition.dataSchemaUri);
      expect(schema.title).toBe(type);
    });

    it('accepts fields that it does not know, in the data and beside it', () => {
      const { data: known, ...attributes } = exampleOf(definition) as { data: object };
      expect(accepts({ ...attributes, region: 'eu', data: { ...known, newer: true } })).toBe(true);
    });

    it('refuses an event without one of its required fields', () => {
      const { data: known, ...attributes } = exampleOf(definition) as { data: object };
      const refused = data.required!.filter(
        (field) => !accepts({ ...attributes, data: { ...known, [field]: undefined } }),
      );
      expect(refused).toEqual(data.required);
    });
  },
);

describe('a schema', () => {
  it('refuses the type of another event', () => {
    const [first, second] = ['order.placed.v1', 'order.placed.v2'].map((type) =>
      defineEvent(type, z.object({}).meta({ examples: [{}] }), { prefix: 'usher' }),
    );
    const event = { ...exampleOf(first!), subject: '01890a5d-ac96-774b-bcce-b302099a8058' };
    expect(validator(first!)(event)).toBe(true);
    expect(validator(second!)(event)).toBe(false);
  });
});
