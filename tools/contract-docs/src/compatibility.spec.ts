import type { JsonSchema } from '#libs/messaging';
import { z } from 'zod';
import { compatibilityProblems } from './compatibility.js';

const schema = (fields: z.ZodRawShape) =>
  z.toJSONSchema(z.object(fields), { io: 'input' }) as JsonSchema;

const published = {
  id: z.uuid(),
  total: z.number().int().min(1).max(100),
  currency: z.enum(['EUR', 'USD']),
  note: z.string().optional(),
  lines: z.array(z.object({ item: z.string().max(10) })).max(5),
};

const problems = (changes: z.ZodRawShape, without?: keyof typeof published) => {
  const fields: z.ZodRawShape = { ...published, ...changes };
  if (without) delete (fields as Record<string, unknown>)[without];
  return compatibilityProblems(schema(published), schema(fields));
};

const line = (fields: z.ZodRawShape) => ({ lines: z.array(z.object(fields)).max(5) });

describe('a published schema', () => {
  it('may stay as it is', () => {
    expect(problems({})).toEqual([]);
  });

  it('may say more to people', () => {
    expect(problems({ id: z.uuid().meta({ description: 'whose', examples: ['a'] }) })).toEqual([]);
  });

  it('may get an optional field, also in the elements of a list', () => {
    expect(problems({ region: z.string().optional() })).toEqual([]);
    expect(problems(line({ item: z.string().max(10), colour: z.string().optional() }))).toEqual([]);
  });

  it('may not lose a field, whether it was required or not', () => {
    expect(problems({}, 'currency')).toEqual(['currency: has been removed']);
    expect(problems({}, 'note')).toEqual(['note: has been removed']);
    expect(problems(line({}))).toEqual(['lines[].item: has been removed']);
  });

  it('may not get a required field: what waits in queues has none', () => {
    expect(problems({ region: z.string() })).toEqual(['region: is new and required']);
    expect(problems({ note: z.string() })).toEqual(['note: has become required']);
  });

  it('may not make a required field optional: consumers rely on it', () => {
    expect(problems({ id: z.uuid().optional() })).toEqual(['id: is no longer required']);
  });

  it.each<[string, z.ZodRawShape, string]>([
    ['the type', { note: z.number().optional() }, 'note: type was "string" and is "number"'],
    [
      'a narrower choice',
      { currency: z.enum(['EUR']) },
      'currency: enum was ["EUR","USD"] and is ["EUR"]',
    ],
    [
      'a wider choice',
      { currency: z.enum(['EUR', 'USD', 'CNY']) },
      'currency: enum was ["EUR","USD"] and is ["EUR","USD","CNY"]',
    ],
    [
      'a lower maximum',
      { total: z.number().int().min(1).max(99) },
      'total: maximum was 100 and is 99',
    ],
    [
      'a higher maximum',
      { total: z.number().int().min(1).max(101) },
      'total: maximum was 100 and is 101',
    ],
    [
      'a limit where there was none',
      { note: z.string().max(10).optional() },
      'note: maxLength was not given and is 10',
    ],
    [
      'no format any more',
      { id: z.string().regex(/^[0-9a-f]+$/) },
      'id: format was "uuid" and is not given',
    ],
    [
      'fewer elements',
      { lines: z.array(z.object({ item: z.string().max(10) })).max(4) },
      'lines: maxItems was 5 and is 4',
    ],
    [
      'other elements',
      line({ item: z.string().max(9) }),
      'lines[].item: maxLength was 10 and is 9',
    ],
  ])('may not get %s', (_, change, problem) => {
    expect(problems(change)).toContain(problem);
  });

  it('may not be closed against fields that it does not know', () => {
    const closed = z.toJSONSchema(z.strictObject(published), { io: 'input' }) as JsonSchema;
    expect(compatibilityProblems(schema(published), closed)).toEqual([
      'the event: additionalProperties was not given and is false',
    ]);
  });

  it('may not become a list, or stop being one', () => {
    const list = schema({ note: z.array(z.string()) });
    expect(compatibilityProblems(schema({ note: z.string() }), list)).toContain(
      'note: items was not given and is {"type":"string"}',
    );
    expect(compatibilityProblems(list, schema({ note: z.string() }))).toContain(
      'note: type was "array" and is "string"',
    );
  });
});
