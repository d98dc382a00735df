import { metrics } from '@opentelemetry/api';
import { ERROR_CODES, type ErrorCode } from '../http/error-codes.js';

/** What became of a sign-up: an account, a repetition that its Idempotency-Key has told, or a problem's code. */
export type SignUpOutcome = 'accepted' | 'replayed' | ErrorCode;

const signUps = metrics
  .getMeter('usher.api')
  .createCounter('usher_signups', { description: 'Sign-ups by outcome' });

const attributes = new Map(
  ['accepted', 'replayed', ...Object.keys(ERROR_CODES)].map((outcome) => [outcome, { outcome }]),
);
for (const each of ['accepted', 'email_taken', 'rate_limited', 'overloaded', 'internal_error']) {
  signUps.add(0, attributes.get(each));
}

export function countSignUp(outcome: SignUpOutcome): void {
  signUps.add(1, attributes.get(outcome));
}
