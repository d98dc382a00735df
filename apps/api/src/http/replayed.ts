import type { Response } from 'express';

/** Says with the answer that an earlier request has done what this one asks for: nothing was changed by it. */
export function markReplayed(response: Response): void {
  response.setHeader('Idempotency-Replayed', 'true');
}
