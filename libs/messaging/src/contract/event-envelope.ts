import { z } from 'zod';

/** The media type of every message: one CloudEvent in the structured JSON format. */
export const CLOUDEVENTS_JSON = 'application/cloudevents+json';

/**
 * The attributes that every event has, whatever happened (CloudEvents 1.0 with the extensions
 * `correlationid`, `causationid` and `traceparent`; https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
 */
export const envelopeAttributes = z.object({
  specversion: z.literal('1.0').describe('the version of CloudEvents'),
  id: z.uuid().describe('UUIDv7; the same in every copy of the event'),
  source: z.string().min(1).max(255).describe('the app that says so'),
  type: z.string().min(1).max(255).describe("the event's name; also its routing key"),
  subject: z.string().min(1).describe('the id of what the event is about'),
  time: z.iso.datetime().describe('when it happened'),
  datacontenttype: z.literal('application/json').describe('the media type of `data`'),
  dataschema: z
    .string()
    .min(1)
    .describe('`urn:<prefix>:event:<type>`, the `$id` of the schema of `data`'),
  correlationid: z.string().min(1).max(255).describe('the id of the request that began it all'),
  causationid: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('the event that led to this one; no event sets it yet'),
  traceparent: z
    .string()
    .max(255)
    .optional()
    .describe(
      '[W3C Trace Context](https://www.w3.org/TR/trace-context/) of where it began, when it was traced',
    ),
});

/** An event as it travels: attributes and data. */
export type CloudEvent<Data = unknown> = z.output<typeof envelopeAttributes> & { data: Data };
