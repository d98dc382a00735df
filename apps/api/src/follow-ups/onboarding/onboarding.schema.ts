import { z } from 'zod';
import { MAIL_DELIVERIES } from './deliveries.query.js';
import { stepProblem } from './step-problem.js';

/** The onboarding timeline. */
export const onboarding = z.strictObject({
  complete: z.boolean(),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['pending', 'processing', 'retrying', 'done', 'failed']),
      attempts: z.int().min(0),
      completedAt: z.iso.datetime().optional(),
      latencyMs: z.int().optional(),
      problem: stepProblem.optional(),
      delivery: z.enum(MAIL_DELIVERIES).optional(),
    }),
  ),
  upcoming: z.array(z.strictObject({ name: z.string(), dueAt: z.iso.datetime() })),
});
