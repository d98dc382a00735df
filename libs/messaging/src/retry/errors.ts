/** The event can never be handled: it is dead-lettered at once. Throw it, or a subclass, from a handler. */
export class PermanentError extends Error {
  override name = 'PermanentError';
}

/** Why an event waits, and how long at least. */
export interface WaitOptions extends ErrorOptions {
  /** Milliseconds before which another try is pointless; the longest retry delay caps it. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Something that the handler needs cannot be reached (a mail server, the database): the event waits and
 * is tried again without using up an attempt, for as long as `CONSUMER_RETRY_FOR` allows.
 */
export class DependencyUnavailableError extends Error {
  override name = 'DependencyUnavailableError';
  readonly retryAfterMs: number;

  constructor(message: string, { retryAfterMs = 0, ...options }: WaitOptions = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The dependency serves others, but asks to try this one event later: it waits in the same way. */
export class DeferredError extends DependencyUnavailableError {
  override name = 'DeferredError';
}

/**
 * The handler wants this one event again at a moment that it knows, such as when a provider takes more. Until then it
 * waits in the ledger and in no queue, however many there are, and uses up no attempt; `CONSUMER_RETRY_FOR` counts from
 * then. An event that is not in the outbox waits as for any {@link DeferredError}.
 */
export class PostponedError extends DeferredError {
  override name = 'PostponedError';

  /** @param until by the database's clock */
  constructor(
    message: string,
    readonly until: Date,
    options: WaitOptions = {},
  ) {
    super(message, options);
  }
}

/** The message is not a CloudEvent that fits its type's schema. */
export class InvalidMessageError extends PermanentError {
  override name = 'InvalidMessageError';
}

/** The message's type is not the one that this consumer subscribed to. */
export class UnknownEventTypeError extends PermanentError {
  override name = 'UnknownEventTypeError';
}

/** The message came back too often without an outcome: it is taken for one that kills the process. */
export class CrashLimitError extends PermanentError {
  override name = 'CrashLimitError';
}

/** The handler did not end in time; what it had begun was aborted. */
export class HandlerTimeoutError extends Error {
  override name = 'HandlerTimeoutError';
}

/** The process stops before the handler has ended; what it had begun was aborted. */
export class StoppingError extends DependencyUnavailableError {
  override name = 'StoppingError';
}

/** Another copy of the event is being handled right now, or may be: the lease is not ours. */
export class LeaseHeldError extends DependencyUnavailableError {
  override name = 'LeaseHeldError';
}
