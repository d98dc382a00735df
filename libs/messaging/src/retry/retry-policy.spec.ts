import {
  CrashLimitError,
  DependencyUnavailableError,
  HandlerTimeoutError,
  InvalidMessageError,
  LeaseHeldError,
  PermanentError,
  UnknownEventTypeError,
} from './errors.js';
import { decide } from './retry-policy.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

const policy = { delaysMs: [1 * SECOND, 10 * SECOND, 1 * MINUTE], retryForMs: 24 * HOUR };

const decideOn = (error: Error, past: { failedAttempts?: number; failingForMs?: number } = {}) =>
  decide(error, past.failedAttempts ?? 0, past.failingForMs ?? 0, policy);

describe('a handler that failed', () => {
  it.each([
    [0, 1 * SECOND],
    [1, 10 * SECOND],
    [2, 1 * MINUTE],
  ])('after %d failed attempts is tried again in %d ms', (failedAttempts, delayMs) => {
    expect(decideOn(new Error('boom'), { failedAttempts })).toEqual({
      kind: 'wait',
      delayMs,
      countsAttempt: true,
    });
  });

  it('is given up when the steps are used up', () => {
    expect(decideOn(new Error('boom'), { failedAttempts: 3 })).toEqual({
      kind: 'dead-letter',
      reason: 'exhausted',
    });
  });

  it('goes through all its steps however long they took', () => {
    expect(decideOn(new Error('boom'), { failedAttempts: 1, failingForMs: 48 * HOUR }).kind).toBe(
      'wait',
    );
  });

  it('counts as failed when it took too long', () => {
    expect(decideOn(new HandlerTimeoutError('too long'))).toMatchObject({ countsAttempt: true });
  });
});

describe('an error that says it is permanent', () => {
  class UnknownRecipientError extends PermanentError {}

  it.each([
    [new PermanentError('never'), 'permanent'],
    [new UnknownRecipientError('never'), 'permanent'],
    [new InvalidMessageError('no event'), 'invalid'],
    [new UnknownEventTypeError('not mine'), 'unknown-type'],
    [new CrashLimitError('again and again'), 'delivery-limit'],
  ])('%s is a dead letter at once: %s', (error, reason) => {
    expect(decideOn(error)).toEqual({ kind: 'dead-letter', reason });
  });
});

describe('a dependency that is away', () => {
  const away = new DependencyUnavailableError('no mail server');

  it('uses up no attempt', () => {
    expect(decideOn(away, { failedAttempts: 99 })).toEqual({
      kind: 'wait',
      delayMs: 1 * SECOND,
      countsAttempt: false,
    });
  });

  it.each([
    [0, 1 * SECOND],
    [1 * SECOND, 1 * SECOND],
    [9_999, 1 * SECOND],
    [10 * SECOND, 10 * SECOND],
    [1 * MINUTE, 1 * MINUTE],
    [23 * HOUR, 1 * MINUTE],
  ])('for %d ms is tried again in %d ms', (failingForMs, delayMs) => {
    expect(decideOn(away, { failingForMs })).toMatchObject({ kind: 'wait', delayMs });
  });

  it.each([
    [5 * SECOND, 0, 1 * SECOND],
    [1 * MINUTE, 0, 1 * MINUTE],
    [1 * MINUTE, 30 * SECOND, 1 * MINUTE],
    [1 * HOUR, 0, 1 * MINUTE],
    [5 * SECOND, 20 * SECOND, 10 * SECOND],
  ])(
    'that asks for %d ms, after %d ms, is tried again in %d ms',
    (retryAfterMs, failingForMs, delayMs) => {
      const error = new DependencyUnavailableError('busy', { retryAfterMs });

      expect(decideOn(error, { failingForMs })).toMatchObject({ kind: 'wait', delayMs });
    },
  );

  it('is tried again when the clock of another machine is ahead', () => {
    expect(decideOn(away, { failingForMs: -5 * MINUTE })).toMatchObject({ delayMs: 1 * SECOND });
  });

  it('is waited for no longer than the configuration allows', () => {
    expect(decideOn(away, { failingForMs: 24 * HOUR - 1 }).kind).toBe('wait');
    expect(decideOn(away, { failingForMs: 24 * HOUR })).toEqual({
      kind: 'dead-letter',
      reason: 'exhausted',
    });
  });

  it('is like a copy of the event that is being handled elsewhere', () => {
    expect(decideOn(new LeaseHeldError('in hand'))).toMatchObject({ countsAttempt: false });
  });
});
