/** Every code that an error answer can carry, with its HTTP status and title. Codes are stable; see docs/errors.md. */
export const ERROR_CODES = {
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, title: 'A valid session is required' },
  invalid_credentials: { status: 401, title: 'E-mail address or password is wrong' },
  invalid_signature: { status: 401, title: 'The request does not come from the mail provider' },
  cross_origin: { status: 403, title: 'The request comes from a page of another site' },
  not_found: { status: 404, title: 'There is no such resource' },
  unknown_ticket: { status: 404, title: 'The ticket is invalid, spent or expired' },
  email_taken: { status: 409, title: 'The e-mail address has an account already' },
  payload_too_large: { status: 413, title: 'The body is too long' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json in UTF-8' },
  validation_failed: { status: 422, title: 'The request does not fit its schema' },
  invalid_token: { status: 422, title: 'The link is altered or has expired' },
  token_used: { status: 422, title: 'The link, or another one like it, was used already' },
  invalid_challenge: {
    status: 422,
    title: 'The solution of the challenge is wrong, spent or expired',
  },
  idempotency_mismatch: { status: 422, title: 'The Idempotency-Key belongs to another request' },
  operation_busy: { status: 409, title: 'Another operator does the same at the moment' },
  challenge_required: { status: 428, title: 'A challenge has to be solved first' },
  too_many_streams: { status: 429, title: 'This session has too many streams open' },
  bad_request: { status: 400, title: 'The request cannot be understood' },
  rate_limited: { status: 429, title: 'Too many requests of this kind from your network' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  overloaded: { status: 503, title: 'Too many sign-ups and log-ins at the moment' },
  unavailable: { status: 503, title: 'The database is not available at the moment' },
  certificate_unavailable: {
    status: 503,
    title: 'Whether the mail provider sent this cannot be checked at the moment',
  },
  broker_unavailable: { status: 503, title: 'The message broker cannot be reached at the moment' },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
