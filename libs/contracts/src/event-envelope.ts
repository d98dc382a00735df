import { z } from 'zod';

/** The media type of every message: one CloudEvent in the structured JSON format. */
export const CLOUDEVENTS_JSON = 'application/cloudevents+json';

/**
 * The attributes that every event has, whatever happened (CloudEvents 1.0 with the extensions
 * `correlationid`, `causationid` and `traceparent`; https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
 * `id` is a UUIDv7, `subject` the user's id, `time` the moment it happened.
 */
export const envelopeAttributes = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  subject: z.uuid(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  dataschema: z.string().min(1),
  correlationid: z.string().min(1).max(255),
  causationid: z.string().min(1).max(255).optional(),
  /** W3C Trace Context, https://www.w3.org/TR/trace-context/ */
  traceparent: z.string().max(255).optional(),
});

/** An event as it travels: attributes and data. */
export type CloudEvent<Data = unknown> = z.output<typeof envelopeAttributes> & { data: Data };
