import type { DeadLetterReason } from '../sending/message-headers.schema.js';
import {
  CrashLimitError,
  DependencyUnavailableError,
  InvalidMessageError,
  PermanentError,
  UnknownEventTypeError,
} from './errors.js';

/** What happens to a message whose handling failed. */
export type Decision =
  /** `countsAttempt`: whether the failure used up one of the attempts. */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly countsAttempt: boolean }
  | { readonly kind: 'dead-letter'; readonly reason: DeadLetterReason };

export interface RetryPolicy {
  /** Rising pauses; attempts = their number + 1. */
  readonly delaysMs: readonly number[];
  /** How long a message waits for a dependency that is away. */
  readonly retryForMs: number;
}

/**
 * Decides by the kind of error and by the message's past. A failure of the handler goes through the
 * delay steps one by one. A dependency that is away is tried again about as long after as it has been
 * away already, or as long after as the error asks for if that is longer, between the first step and the
 * last.
 *
 * @param failedAttempts attempts that failed before this one
 * @param failingForMs time since the first failure, 0 when this is the first
 */
export function decide(
  error: Error,
  failedAttempts: number,
  failingForMs: number,
  { delaysMs, retryForMs }: RetryPolicy,
): Decision {
  if (error instanceof PermanentError)
    return { kind: 'dead-letter', reason: permanentReason(error) };
  if (error instanceof DependencyUnavailableError) {
    if (failingForMs >= retryForMs) return { kind: 'dead-letter', reason: 'exhausted' };
    const pauseMs = Math.max(failingForMs, error.retryAfterMs);
    const delayMs = delaysMs.findLast((delay) => delay <= pauseMs) ?? delaysMs[0]!;
    return { kind: 'wait', delayMs, countsAttempt: false };
  }
  const delayMs = delaysMs[failedAttempts];
  if (delayMs === undefined) return { kind: 'dead-letter', reason: 'exhausted' };
  return { kind: 'wait', delayMs, countsAttempt: true };
}

function permanentReason(error: PermanentError): DeadLetterReason {
  if (error instanceof InvalidMessageError) return 'invalid';
  if (error instanceof UnknownEventTypeError) return 'unknown-type';
  if (error instanceof CrashLimitError) return 'delivery-limit';
  return 'permanent';
}
