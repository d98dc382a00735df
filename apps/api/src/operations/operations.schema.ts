import { z } from 'zod';

const deadLetter = z.strictObject({
  id: z.string(),
  queue: z.string(),
  messageId: z.string(),
  type: z.string(),
  reason: z.string(),
  attempts: z.int(),
  exceptionMessage: z.string(),
  deadLetteredAt: z.string().nullable(),
});

/** The consumers of which the broker cannot say now what they have; absent when there is none. */
const unreachable = z.array(z.string());

export const deadLetterList = z.strictObject({
  items: z.array(deadLetter),
  unreachable: unreachable.optional(),
});

/** With all headers, the stack among them, and the body as text. */
export const deadLetterDetail = deadLetter.extend({
  headers: z.record(z.string(), z.unknown()),
  body: z.string(),
});

export const replayReport = z.strictObject({
  replayed: z.array(z.string()),
  unknown: z.array(z.string()),
  unreachable: unreachable.optional(),
});

/** Of an `unreachable` queue the broker cannot say now what it holds. */
export const queueList = z.strictObject({
  items: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      durable: z.boolean(),
      messages: z.int().nullable(),
      consumers: z.int().nullable(),
      unreachable: z.string().optional(),
    }),
  ),
});

/** `stuck`: the oldest events that the broker did not take. `scheduled`: events that are not in the outbox yet. */
export const outboxStatus = z.strictObject({
  pending: z.int(),
  oldestAgeSeconds: z.number(),
  stuck: z.array(
    z.strictObject({
      id: z.uuid(),
      type: z.string(),
      occurredAt: z.iso.datetime(),
      attempts: z.int(),
      lastError: z.string(),
    }),
  ),
  scheduled: z.strictObject({ pending: z.int(), overdueSeconds: z.number() }),
});

export const reconciliationReport = z.strictObject({
  missing: z.array(
    z.strictObject({
      consumer: z.string(),
      eventId: z.uuid(),
      subject: z.string(),
      occurredAt: z.iso.datetime(),
    }),
  ),
  resent: z.int(),
  unreachable: unreachable.optional(),
});
