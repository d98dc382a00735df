import type { EventDefinition } from '../contract/define-event.js';
import { eventSchema, jsonSchema, type JsonSchema } from '../contract/event-schema.js';
import { deadLetterHeadersSchema, retryHeadersSchema } from '../sending/message-headers.schema.js';

/** Every schema that messages refer to, by name. */
export function schemas(events: readonly EventDefinition[]): Record<string, JsonSchema> {
  const all = {
    ...Object.fromEntries(events.map((event) => [event.type, eventSchema(event)])),
    // A first delivery has none; one that comes back, or is sent again, has some.
    'delivery-headers': jsonSchema(retryHeadersSchema.partial()),
    'retry-headers': jsonSchema(retryHeadersSchema),
    'dead-letter-headers': jsonSchema(deadLetterHeadersSchema),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, schema]) => [name, withoutDialect(schema)]),
  );
}

/** What is used of 2020-12 means the same in the schemas of AsyncAPI, which are of a dialect of their own. */
function withoutDialect(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...rest } = schema;
  return rest;
}
