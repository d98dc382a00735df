import { aboutUsher, eventCatalog, usherMessaging } from '#libs/contracts';
import { asyncApiDocument, eventSchema, type JsonSchema } from '#libs/messaging';
import { compatibilityProblems } from './compatibility.js';
import { renderEventsPage } from './events-page.js';

/** The pauses between attempts that a deployment has unless it is told others. */
const DEFAULT_RETRY_DELAYS_MS = [1_000, 10_000, 60_000, 600_000];

export const SCHEMAS = 'docs/schemas';
export const EVENTS_PAGE = 'docs/events.md';

/** What is published of the events: the text of each file by its path. */
export function contractFiles(eventsPage: string): ReadonlyMap<string, string> {
  return new Map([
    [
      'docs/asyncapi.json',
      json(asyncApiDocument(usherMessaging, aboutUsher, DEFAULT_RETRY_DELAYS_MS)),
    ],
    ...eventCatalog.map(
      (event) => [`${SCHEMAS}/${event.type}.json`, json(eventSchema(event))] as const,
    ),
    [EVENTS_PAGE, renderEventsPage(eventsPage)],
  ]);
}

/**
 * Why the events of the code may not replace those that are published.
 * @param published the schemas in {@link SCHEMAS} by event type
 */
export function publishingProblems(
  published: ReadonlyMap<string, JsonSchema>,
  events = eventCatalog,
): string[] {
  return [...published].flatMap(([type, schema]) => {
    const event = events.find((each) => each.type === type);
    if (!event) {
      return [
        `${type} is published, but not in the catalogue. When nobody reads it any more, delete ${SCHEMAS}/${type}.json.`,
      ];
    }
    return compatibilityProblems(schema, eventSchema(event)).map(
      (problem) => `${type}: ${problem}. Publish ${nextVersion(type)} instead (docs/events.md).`,
    );
  });
}

const nextVersion = (type: string) => type.replace(/\d+$/, (version) => `${Number(version) + 1}`);

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
