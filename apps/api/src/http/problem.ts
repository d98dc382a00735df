import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** What is wrong with one field; `path` is dotted, as in `interests.3`. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** An error that the caller is told about, as a problem detail of RFC 9457. */
export class Problem extends Error {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;

  constructor(
    readonly code: ErrorCode,
    detail?: string,
    extra: { errors?: readonly FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail ?? ERROR_CODES[code].title);
    this.name = 'Problem';
    this.errors = extra.errors;
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  toBody(): object {
    const { status, title } = ERROR_CODES[this.code];
    return {
      type: `urn:usher:problem:${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

/** The resource is not there, or is not the caller's, which is the same to them. */
export const notFound = () => new Problem('not_found');
