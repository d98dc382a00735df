import { metrics } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';
import { ERROR_CODES, type ErrorCode } from '../../http/error-codes.js';
import { onProblem } from '../../http/on-problem.js';

/**
 * What became of a sign-up: an account, a repetition known by its Idempotency-Key, a place in the line, or the code
 * of a problem.
 */
export type SignUpOutcome = 'accepted' | 'replayed' | 'queued' | ErrorCode;

const signUps = metrics
  .getMeter('usher.api')
  .createCounter('usher_signups', { description: 'Sign-ups by outcome' });

const attributes = new Map(
  ['accepted', 'replayed', 'queued', ...Object.keys(ERROR_CODES)].map((outcome) => [
    outcome,
    { outcome },
  ]),
);
const COMMON = [
  'accepted',
  'queued',
  'email_taken',
  'rate_limited',
  'overloaded',
  'internal_error',
];
for (const each of COMMON) signUps.add(0, attributes.get(each));

export function countSignUp(outcome: SignUpOutcome): void {
  signUps.add(1, attributes.get(outcome));
}

/**
 * Middleware that counts the sign-ups that are refused. It stands first, because most of them are refused
 * before they reach the controller.
 */
export const countRefusedSignUps = (request: Request, response: Response, next: NextFunction) => {
  if (isSignUp(request))
    onProblem(response, (code) =>
      countSignUp(response.hasHeader('usher-ticket') ? 'queued' : code),
    );
  next();
};

// As loosely as the router takes it.
const isSignUp = ({ method, path }: Request) =>
  method === 'POST' && /^\/v1\/signups\/?$/i.test(path);
