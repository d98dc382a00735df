import { userEmailVerified } from '#libs/contracts';
import { type CloudEvent, CLOUDEVENTS_JSON, type DeadLetterReason } from '#libs/messaging';
import type { Registered } from './registered.js';

/** What becomes of one message. */
export interface Outcome {
  /** How often the effect was committed. */
  readonly effects: number;
  /** How often the handler was run. */
  readonly runs: number;
  readonly letter?: {
    readonly reason: DeadLetterReason;
    readonly exception: string;
    readonly attempts: number;
    /** The message of the handler's own error; a decoder's says it in its own words. */
    readonly message?: string;
    /** The field that the decoder's message names. */
    readonly names?: string;
  };
}

/** A message, and the one outcome that a consumer may have in any language. */
export interface Case {
  readonly name: string;
  /** `<what the handler does> <in how many runs>` */
  readonly does: string;
  readonly copies?: number;
  /** Sent past the exchange instead of the event. */
  readonly body?: (event: CloudEvent) => string | Buffer;
  readonly contentType?: string;
  readonly headers?: Record<string, string | number>;
  /** The headers that have to be there still, as they were. */
  readonly keeps?: readonly string[];
  readonly outcome: Outcome;
}

export const RETRY_DELAYS = '100ms,300ms';
const ATTEMPTS = 3;
export const CRASH_LIMIT = 3;

const ONCE: Outcome = { effects: 1, runs: 1 };
const invalid = (names?: string): Outcome => ({
  effects: 0,
  runs: 0,
  letter: { reason: 'invalid', exception: 'InvalidMessageError', attempts: 0, names },
});
const refused = (attempts: number): Outcome => ({
  effects: 0,
  runs: 1,
  letter: { reason: 'permanent', exception: 'PermanentError', attempts, message: 'never' },
});

const changed = (change: object) => (event: CloudEvent) => JSON.stringify({ ...event, ...change });
const withData = (change: object) => (event: CloudEvent) =>
  JSON.stringify({ ...event, data: { ...(event.data as object), ...change } });

/** The same as another event that the consumer takes from the same queue. */
const asVerified =
  (change: object = {}) =>
  (event: CloudEvent) => {
    const { userId, email, displayName, locale } = (event as Registered).data;
    const verifiedAt = '2026-01-02T03:04:05.678Z';
    return JSON.stringify({
      ...event,
      type: userEmailVerified.type,
      dataschema: userEmailVerified.dataSchemaUri,
      data: { userId, email, displayName, locale, verifiedAt, ...change },
    });
  };

export const CASES: readonly Case[] = [
  { name: 'an event that can be handled', does: 'work 0', outcome: ONCE },
  { name: 'an event that comes twice', does: 'work 0', copies: 2, outcome: ONCE },
  {
    name: 'an event with fields that are newer than the consumer',
    does: 'work 0',
    body: withData({ referrer: 'a friend' }),
    outcome: ONCE,
  },
  {
    name: 'an event of another type that the consumer takes as well',
    does: 'work 0',
    body: asVerified(),
    outcome: ONCE,
  },
  {
    name: 'an event of another type without a field that this type requires',
    does: 'work 0',
    body: asVerified({ verifiedAt: undefined }),
    outcome: invalid('verifiedAt'),
  },
  {
    name: 'an event whose first run the process does not survive',
    does: 'die 1',
    outcome: { effects: 1, runs: 2 },
  },
  {
    name: 'an event that fails at first, after its effect was made',
    does: 'fail 2',
    outcome: { effects: 1, runs: 3 },
  },
  {
    name: 'an event whose dependency is away more often than there are attempts',
    does: 'miss 5',
    outcome: { effects: 1, runs: 6 },
  },
  {
    name: 'an event that fails in all attempts',
    does: 'fail 99',
    outcome: {
      effects: 0,
      runs: ATTEMPTS,
      letter: {
        reason: 'exhausted',
        exception: 'TypeError',
        attempts: ATTEMPTS,
        message: 'not yet',
      },
    },
  },
  { name: 'an event that can never be handled', does: 'refuse 99', outcome: refused(1) },
  {
    name: 'an event that was sent back before, and failed since',
    does: 'refuse 99',
    headers: {
      'replay-count': 2,
      'retry-attempt': 1,
      'first-failed-at': '2026-01-02T03:04:05.678Z',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
    keeps: ['replay-count', 'first-failed-at', 'traceparent'],
    outcome: refused(2),
  },
  {
    name: 'headers that make no sense',
    does: 'refuse 99',
    headers: {
      'replay-count': 'often',
      'retry-attempt': 'three',
      'first-failed-at': 'yesterday',
      'x-death': 7,
    },
    outcome: refused(1),
  },
  {
    name: 'an event that kills the process in every run',
    does: 'die 99',
    outcome: {
      effects: 0,
      runs: CRASH_LIMIT,
      letter: { reason: 'delivery-limit', exception: 'CrashLimitError', attempts: 0 },
    },
  },
  { name: 'text that is no JSON', does: 'work 0', body: () => 'hello', outcome: invalid() },
  { name: 'no bytes at all', does: 'work 0', body: () => '', outcome: invalid() },
  {
    name: 'bytes that are no UTF-8',
    does: 'work 0',
    body: (event) => Buffer.from(JSON.stringify(event).replace('work', 'w\xffrk'), 'latin1'),
    outcome: invalid(),
  },
  { name: 'JSON that is no event', does: 'work 0', body: () => '[1, 2]', outcome: invalid() },
  {
    name: 'a number that only JavaScript and Python know',
    does: 'work 0',
    body: (event) =>
      JSON.stringify(event).replace('"interestsVersion":1', '"interestsVersion":NaN'),
    outcome: invalid(),
  },
  {
    name: 'another content type',
    does: 'work 0',
    body: changed({}),
    contentType: 'text/plain',
    outcome: invalid('text/plain'),
  },
  {
    name: 'the content type with a parameter',
    does: 'work 0',
    body: changed({}),
    contentType: `${CLOUDEVENTS_JSON}; charset=utf-8`,
    outcome: ONCE,
  },
  {
    name: 'an event without a required field',
    does: 'work 0',
    body: withData({ email: undefined }),
    outcome: invalid('email'),
  },
  {
    name: 'an event with a field outside its limits',
    does: 'work 0',
    body: withData({ locale: 'fr' }),
    outcome: invalid('data.locale'),
  },
  {
    name: 'an event about another person than its subject',
    does: 'work 0',
    body: changed({ subject: '01890a5d-ac96-774b-bcce-b302099a8058' }),
    outcome: invalid('data.userId'),
  },
  {
    name: 'an event of a version that the consumer does not know',
    does: 'work 0',
    body: changed({ type: 'user.registered.v2' }),
    outcome: {
      effects: 0,
      runs: 0,
      letter: {
        reason: 'unknown-type',
        exception: 'UnknownEventTypeError',
        attempts: 0,
        names: 'user.registered.v2',
      },
    },
  },
];
