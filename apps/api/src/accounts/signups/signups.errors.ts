import { Problem } from '../../http/problem.js';

/** The Idempotency-Key was used before: for another request, or with another password. */
export class IdempotencyMismatchError extends Problem {
  constructor() {
    super('idempotency_mismatch');
  }
}

/** The Idempotency-Key was taken by a request that ended while this one waited. Never leaves the use case. */
export class IdempotencyKeyUsedError extends Error {
  override name = 'IdempotencyKeyUsedError';
}
