import { z } from 'zod';

const time = z.iso.datetime();
const replayCount = z.number().int().positive().optional();
const traceparent = z.string().optional().describe('W3C Trace Context, when it is traced');

/** What a message in a wait queue says of its past, and afterwards on its way back. */
export const retryHeadersSchema = z.object({
  'retry-attempt': z
    .number()
    .int()
    .nonnegative()
    .describe('attempts that have failed; a dependency that is away counts none'),
  'first-failed-at': time.describe('when it failed first'),
  'last-error': z.string().max(1_000).describe('one line'),
  'replay-count': replayCount.describe('how often an operator has sent it back'),
  traceparent,
});

/** What a dead letter says of itself. */
export const deadLetterHeadersSchema = z.object({
  'dead-letter-id': z.uuid().describe('UUIDv7 of its own'),
  'dead-letter-reason': z
    .enum(['permanent', 'exhausted', 'invalid', 'unknown-type', 'delivery-limit'])
    .describe('why it was given up'),
  'exception-type': z.string().min(1).describe("the error's name"),
  'exception-message': z.string().max(1_000).describe('one line'),
  'exception-stack': z.string().describe('at most 8 KiB'),
  attempts: z.number().int().nonnegative().describe('attempts that have failed'),
  consumer: z.string().min(1).describe('the queue that gave it up'),
  'original-exchange': z.string().describe('where it was published first'),
  'original-routing-key': z.string().describe('with which key'),
  'first-failed-at': time.describe('when it failed first'),
  'dead-lettered-at': time.describe('when it was given up'),
  host: z.string().describe('the machine that gave it up'),
  'replay-count': replayCount.describe('how often an operator had sent it back'),
  traceparent,
});

/** Why a message was given up. */
export type DeadLetterReason = z.output<typeof deadLetterHeadersSchema>['dead-letter-reason'];
