import { z } from 'zod';
import type { EventDefinition } from './define-event.js';

/** A JSON Schema of the dialect 2020-12. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * The JSON Schema of a whole event as it travels. What it does not list is allowed, since a producer may
 * add fields; what only code can check is not in it: that a field of `data` repeats the `subject`.
 */
export function eventSchema({ type, dataSchemaUri, data, envelope }: EventDefinition): JsonSchema {
  const { $schema, ...schema } = jsonSchema(envelope);
  const { data: schemaOfData, ...attributes } = schema.properties!;
  return {
    $schema,
    title: type,
    description: data.description,
    ...schema,
    properties: { ...attributes, data: { $id: dataSchemaUri, ...(schemaOfData as JsonSchema) } },
  };
}

/** What a reader may rely on, and a writer has to fulfil. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' });
}

/** An event of this type with the data that its definition gives as the example. */
export function exampleOf({ type, dataSchemaUri, data, subject }: EventDefinition): object {
  const [example] = (data.meta()?.['examples'] as [Record<string, unknown>] | undefined) ?? [];
  return {
    specversion: '1.0',
    id: '01a20677-33ab-7d16-9c1f-5a3d2b1c0e4f',
    source: 'api',
    type,
    subject: subject.field === undefined ? '4711' : example?.[subject.field],
    time: '2026-11-23T03:33:25.076Z',
    datacontenttype: 'application/json',
    dataschema: dataSchemaUri,
    correlationid: '36b7b2f6-15b6-4805-ba13-8a932edd4e9b',
    data: example,
  };
}
