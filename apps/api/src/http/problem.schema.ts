import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** A ticket of the line, to be sent back as it is. */
export const TICKET = /^[A-Za-z0-9._-]{1,256}$/;

/** An error answer; see docs/errors.md. */
export const problem = z.strictObject({
  type: z.string().regex(/^urn:usher:problem:/),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  errors: z
    .array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() }))
    .optional(),
  /** Of `overloaded`, when a place in the line was given. */
  place: z.int().min(0).optional(),
  turnAt: z.iso.datetime({ precision: 3 }).optional(),
  expectedWaitSeconds: z.number().min(0).optional(),
  ticket: z.string().regex(TICKET).optional(),
  /** Of `challenge_required`, as ALTCHA has it. */
  challenge: z.record(z.string(), z.unknown()).optional(),
});

/** How an error answer is described: one schema for all of them. */
export const PROBLEM_CONTENT = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};
