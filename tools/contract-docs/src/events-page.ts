import { eventCatalog, subscriptions } from '#libs/contracts';
import {
  deadLetterHeadersSchema,
  type EventDefinition,
  eventSchema,
  type JsonSchema,
  jsonSchema,
  retryHeadersSchema,
} from '#libs/messaging';

/** What of docs/events.md is made of the code, by the name of the part. */
const PARTS: Readonly<Record<string, () => string>> = {
  events: () => eventCatalog.map(section).join('\n\n'),
  envelope: () => fieldTable('attribute', withoutData(eventSchema(eventCatalog[0]!))),
  'retry headers': () => fieldTable('header', jsonSchema(retryHeadersSchema)),
  'dead letter headers': () => fieldTable('header', jsonSchema(deadLetterHeadersSchema)),
};

/**
 * The page with its parts made anew; what stands between them is left as it is.
 * @throws Error when the page has no place for a part
 */
export function renderEventsPage(page: string): string {
  return Object.entries(PARTS).reduce((text, [name, render]) => {
    const begin = `<!-- generated: ${name} -->`;
    const place = new RegExp(`${begin}[^]*?<!-- end -->`);
    if (!place.test(text)) throw new Error(`docs/events.md has no '${begin}' with its end`);
    return text.replace(place, () => `${begin}\n\n${render()}\n\n<!-- end -->`);
  }, page);
}

function section(definition: EventDefinition): string {
  const { type, data } = definition;
  const consumers = subscriptions
    .filter(({ events }) => events.includes(definition))
    .map(({ consumer, step, effect }) => [
      `\`${consumer}\``,
      step ? `\`${step}\`` : 'none',
      `\`${effect}\``,
    ]);
  return [
    `## \`${type}\``,
    `${data.description} [Schema](schemas/${type}.json).`,
    fieldTable('field', eventSchema(definition).properties!['data'] as JsonSchema),
    table(['consumer', 'step', 'effect'], consumers),
  ].join('\n\n');
}

function withoutData({ properties, ...schema }: JsonSchema): JsonSchema {
  const { data, ...attributes } = properties!;
  const { const: _, ...type } = attributes['type'] as JsonSchema;
  return {
    ...schema,
    properties: {
      ...attributes,
      type,
      data: { ...(data as JsonSchema), description: 'the fields above' },
    },
  };
}

const fieldTable = (heading: string, { properties, required = [] }: JsonSchema): string =>
  table(
    [heading, 'type', 'meaning'],
    Object.entries(properties!).map(([name, field]) => [
      `\`${name}\``,
      typeName(field as JsonSchema) + (required.includes(name) ? '' : ', optional'),
      (field as JsonSchema).description ?? '',
    ]),
  );

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  email: 'e-mail address',
  'date-time': 'ISO 8601, UTC',
};

/** In words; the schema itself says it to the letter. */
function typeName(schema: JsonSchema): string {
  const { type, format, enum: choices, const: only, maxItems, exclusiveMinimum } = schema;
  if (only !== undefined) return `\`${String(only)}\``;
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(' or ');
  if (format && FORMATS[format]) return FORMATS[format];
  if (type === 'array') return maxItems ? `array of at most ${maxItems}` : 'array';
  if (type === 'integer') return exclusiveMinimum === 0 ? 'positive integer' : 'integer';
  return `${String(type)}${lengths(schema)}`;
}

function lengths({ minLength = 0, maxLength, pattern }: JsonSchema): string {
  if (maxLength) return `, ${minLength ? `${minLength} to` : 'at most'} ${maxLength} characters`;
  return pattern ? ` like \`${pattern.replaceAll('|', '\\|')}\`` : '';
}

/** As prettier sets it. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [headings, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}
