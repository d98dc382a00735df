import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** What is wrong with one field; `path` is dotted, as in `interests.3`. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A person's place in the line; see docs/the-line.md. */
export interface PlaceInLine {
  /** From 1; 0 at the turn or after it. */
  readonly place: number;
  /** ISO 8601 with milliseconds. */
  readonly turnAt: string;
  readonly expectedWaitSeconds: number;
  /** To be sent as `Usher-Ticket`. */
  readonly ticket: string;
}

export interface ProblemExtra {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly place?: PlaceInLine;
  /** For the client's solver. */
  readonly challenge?: object;
  /** Where the route's contract has another one than the code. */
  readonly status?: number;
}

/** An error that the caller is told about, as a problem detail of RFC 9457. */
export class Problem extends Error {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly ticket?: string;

  constructor(
    readonly code: ErrorCode,
    detail?: string,
    private readonly extra: ProblemExtra = {},
  ) {
    super(detail ?? ERROR_CODES[code].title);
    this.name = 'Problem';
    this.errors = extra.errors;
    this.retryAfterSeconds = extra.retryAfterSeconds;
    this.ticket = extra.place?.ticket;
  }

  get status(): number {
    return this.extra.status ?? ERROR_CODES[this.code].status;
  }

  toBody(): object {
    return problemBody(this.code, this.message, this.extra);
  }
}

/** What a problem's answer says. */
export function problemBody(
  code: ErrorCode,
  detail: string,
  { errors, place, challenge, status }: ProblemExtra = {},
): object {
  const { status: usual, title } = ERROR_CODES[code];
  return {
    type: `urn:usher:problem:${code}`,
    title,
    status: status ?? usual,
    code,
    detail,
    ...(errors && { errors }),
    ...(challenge && { challenge }),
    ...place,
  };
}

/** The resource is not there, or is not the caller's, which is the same to them. */
export const notFound = () => new Problem('not_found');
