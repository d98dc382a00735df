import {
  deadLetterHeaders,
  describeError,
  readHistory,
  retryHeaders,
  type DeadLetterFacts,
  type DeliveryHistory,
} from './message-headers.js';
import { deadLetterHeadersSchema, retryHeadersSchema } from './message-headers.schema.js';

const FIRST_FAILED_AT = new Date('2026-01-02T03:04:05.678Z');
const NOW = new Date('2026-01-02T04:00:00.000Z');

const history = (changes: Partial<DeliveryHistory> = {}): DeliveryHistory => ({
  failedAttempts: 2,
  firstFailedAt: FIRST_FAILED_AT,
  replayCount: 0,
  ...changes,
});

const facts = (changes: Partial<DeadLetterFacts> = {}): DeadLetterFacts => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  reason: 'exhausted',
  consumer: 'email-worker.send-welcome-email',
  originalExchange: 'usher.events',
  originalRoutingKey: 'user.registered.v1',
  host: 'worker-1',
  at: NOW,
  ...changes,
});

function errorWithStack(stack: string): Error {
  const error = new Error('boom');
  error.stack = stack;
  return error;
}

const read = (headers: Record<string, unknown>) => readHistory({ headers });

describe('the history of a message', () => {
  it('is what the message was sent on with', () => {
    const sent = history({ failedAttempts: 3, replayCount: 1 });

    expect(read(retryHeaders(sent, new Error('boom')))).toEqual(sent);
  });

  it.each([undefined, {}, null as unknown as undefined])(
    'is empty with the headers %j',
    (headers) => {
      expect(readHistory({ headers })).toEqual({ failedAttempts: 0, replayCount: 0 });
    },
  );

  it.each([-1, 1.5, 'three', '', null, true, Infinity, NaN, {}, [], { '!': 'decimal' }])(
    'counts the attempt %p as nothing',
    (junk) => {
      expect(read({ 'retry-attempt': junk, 'replay-count': junk })).toEqual({
        failedAttempts: 0,
        replayCount: 0,
      });
    },
  );

  it.each(['yesterday', '', 'attempt 3', 3, true, {}, '2026-13-45T00:00:00.000Z'])(
    'counts the time %p as nothing',
    (junk) => {
      expect(read({ 'first-failed-at': junk })).not.toHaveProperty('firstFailedAt');
    },
  );

  it('believes no header of the broker', () => {
    const headers = { 'x-delivery-count': 7, 'x-death': [{ count: 7 }], 'x-retry-attempt': 7 };

    expect(read(headers)).toEqual({ failedAttempts: 0, replayCount: 0 });
  });
});

describe('the headers of a retry', () => {
  it('tell the attempts, the first failure and the last error', () => {
    expect(retryHeaders(history(), new Error('mail server is full'))).toEqual({
      'retry-attempt': 2,
      'first-failed-at': '2026-01-02T03:04:05.678Z',
      'last-error': 'mail server is full',
    });
  });

  it('tell how often the message was replayed, once it was', () => {
    expect(retryHeaders(history({ replayCount: 2 }), new Error('boom'))).toMatchObject({
      'replay-count': 2,
    });
  });
});

describe('the headers of a dead letter', () => {
  it('tell everything that an operator asks for', () => {
    class MailRefusedError extends Error {
      override name = 'MailRefusedError';
    }
    const error = new MailRefusedError('no such mailbox');

    expect(deadLetterHeaders(history(), error, facts())).toEqual({
      'dead-letter-id': '01890a5d-ac96-774b-bcce-b302099a8057',
      'dead-letter-reason': 'exhausted',
      'exception-type': 'MailRefusedError',
      'exception-message': 'no such mailbox',
      'exception-stack': error.stack,
      attempts: 2,
      consumer: 'email-worker.send-welcome-email',
      'original-exchange': 'usher.events',
      'original-routing-key': 'user.registered.v1',
      'first-failed-at': '2026-01-02T03:04:05.678Z',
      'dead-lettered-at': '2026-01-02T04:00:00.000Z',
      host: 'worker-1',
    });
  });

  it('take this failure for the first when there was none before', () => {
    const first: DeliveryHistory = { failedAttempts: 0, replayCount: 0 };

    expect(deadLetterHeaders(first, new Error('boom'), facts())).toMatchObject({
      'first-failed-at': NOW.toISOString(),
    });
  });

  it('have no stack when the error has none', () => {
    const error = new Error('boom');
    delete error.stack;

    expect(deadLetterHeaders(history(), error, facts())['exception-stack']).toBe('');
  });

  it.each([
    ['ASCII', 'x'],
    ['two bytes', 'é'],
    ['three bytes', '深'],
    ['four bytes', '🦊'],
  ])('bound the stack to 8 KiB in whole characters, with characters of %s', (_size, character) => {
    // One byte in front, so that the limit falls into the middle of a character.
    const stack = `-${character.repeat(Math.ceil(8_192 / Buffer.byteLength(character)))}`;
    const kept = deadLetterHeaders(history(), errorWithStack(stack), facts())['exception-stack'];

    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(8_192);
    expect(Buffer.byteLength(kept)).toBeGreaterThan(8_192 - 4);
    expect(stack.startsWith(kept)).toBe(true);
  });

  it('leave a stack of exactly 8 KiB as it is', () => {
    const stack = 'é'.repeat(4_096);

    expect(deadLetterHeaders(history(), errorWithStack(stack), facts())['exception-stack']).toBe(
      stack,
    );
  });
});

describe('the headers that Usher writes', () => {
  it("are never the broker's own x-* headers: a copied x-death makes a message vanish", () => {
    const received = read({
      'retry-attempt': 1,
      'replay-count': 1,
      'first-failed-at': FIRST_FAILED_AT.toISOString(),
      'x-death': [{ count: 1, reason: 'expired' }],
      'x-delivery-count': 1,
      'x-first-death-queue': 'q',
    });
    const error = new Error('boom');
    const names = [
      ...Object.keys(retryHeaders(received, error)),
      ...Object.keys(deadLetterHeaders(received, error, facts())),
    ];

    expect(names).toContain('retry-attempt');
    expect(names.filter((name) => name.toLowerCase().startsWith('x-'))).toEqual([]);
  });
});

describe('an error in one line', () => {
  it('has its own message and that of its cause', () => {
    const error = new Error('a connection failed', { cause: new Error('ECONNRESET') });

    expect(describeError(error)).toBe('a connection failed (ECONNRESET)');
  });

  it('leaves out a cause that is no error', () => {
    expect(describeError(new Error('boom', { cause: { password: 'hunter2' } }))).toBe('boom');
  });

  it('has no line breaks and at most 1000 characters', () => {
    expect(describeError(new Error('one\r\n  two\tthree'))).toBe('one two three');
    expect(describeError(new Error('x'.repeat(5_000)))).toHaveLength(1_000);
  });
});

describe('the schema of the headers', () => {
  it.each([0, 1])('fits a retry, header for header, after %d replays', (replayCount) => {
    const headers = retryHeaders(history({ replayCount }), new Error('boom'));

    expect(retryHeadersSchema.strict().parse(headers)).toEqual(headers);
  });

  it.each([0, 1])('fits a dead letter, header for header, after %d replays', (replayCount) => {
    const headers = deadLetterHeaders(history({ replayCount }), new Error('boom'), facts());

    expect(deadLetterHeadersSchema.strict().parse(headers)).toEqual(headers);
  });
});
