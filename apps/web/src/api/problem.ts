/** What is wrong with one field, as the API tells it. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A request that was refused (RFC 9457), or that never got an answer: then `code` is `network`. */
export class Problem extends Error {
  override name = 'Problem';

  constructor(
    readonly code: string,
    message: string,
    readonly errors: readonly FieldError[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** Makes a problem of an answer that is none of 2xx. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const isProblem = response.headers.get('content-type')?.includes('problem+json');
  if (!isProblem) return new Problem('internal_error', response.statusText, [], retryAfter);
  const { code, detail, errors } = (await response.json()) as {
    code: string;
    detail: string;
    errors?: FieldError[];
  };
  return new Problem(code, detail, errors, retryAfter);
}
