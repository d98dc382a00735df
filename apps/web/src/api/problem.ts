/** What is wrong with one field, as the API tells it. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A person's place in the line. */
export interface PlaceInLine {
  readonly place: number;
  readonly waitMs: number;
  readonly ticket: string;
}

/** A request that was refused (RFC 9457), or that never got an answer: then `code` is `network`. */
export class Problem extends Error {
  override name = 'Problem';

  constructor(
    readonly code: string,
    message: string,
    readonly errors: readonly FieldError[] = [],
    readonly retryAfterSeconds?: number,
    readonly inLine?: PlaceInLine,
    /** What has to be solved first. */
    readonly challenge?: object,
  ) {
    super(message);
  }
}

const GATEWAY = new Set([502, 503, 504]);

/** Makes a problem of an answer that is none of 2xx. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const isProblem = response.headers.get('content-type')?.includes('problem+json');
  // A proxy answers for an instance that is gone.
  const code = GATEWAY.has(response.status) ? 'network' : 'internal_error';
  if (!isProblem) return new Problem(code, response.statusText, [], retryAfter);
  const {
    code: named,
    detail,
    errors,
    challenge,
    ...place
  } = (await response.json()) as {
    code: string;
    detail: string;
    errors?: FieldError[];
    challenge?: object;
    place?: number;
    expectedWaitSeconds?: number;
    ticket?: string;
  };
  return new Problem(named, detail, errors, retryAfter, placeOf(place), challenge);
}

const placeOf = (body: { place?: number; expectedWaitSeconds?: number; ticket?: string }) =>
  body.place === undefined || body.ticket === undefined
    ? undefined
    : {
        place: body.place,
        waitMs: (body.expectedWaitSeconds ?? 0) * 1_000,
        ticket: body.ticket,
      };
