import { Injectable, Logger } from '@nestjs/common';
import type { Front, FrontAnswer, FrontRequest } from '#libs/bootstrap';
import type { ServerResponse } from 'node:http';
import parseUrl from 'parseurl';
import { LinkConfig } from '#libs/link-tokens';
import { clientNetwork } from '../../http/client-network.js';
import { problemBody } from '../../http/problem.js';
import { comesFrom } from '../../http/same-origin.middleware.js';
import type { Answer } from '../../line/answer.js';
import type { Line } from '../../line/line.js';
import { overloaded } from '../passwords/hash-queue.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { markCounted } from '../rate-limits/rate-limit.guard.js';
import { admit } from './admission.js';
import { countSignUp } from './count-sign-ups.js';
import { IN_LINE, SignUpLine, toPlace } from './sign-up-line.js';

const SIGN_UPS = '/v1/signups';
/** What needs a hash, by its route. As loosely as the router takes it. */
const ROUTES = [SIGN_UPS, '/v1/sessions', '/v1/password-resets/confirm'].map((route) => ({
  route,
  path: new RegExp(`^${route}/?$`, 'i'),
}));
const LINE = '/v1/line';
const REPORT_MS = 1_000;
const MAX_PAYING = 8;
/** How long one of them has its place at most. */
const PAYING_MS = 3_000;
/** When those come again who found no place to pay at, in seconds. */
const SOON = { least: 1, most: 5 };

/**
 * Looks at requests that need a hash before anything is spent on them. If refusing a crowd cost as much as serving
 * it, no time would be left for hashes. Sign-ups that exceed what can be hashed get a place in the line. Other
 * requests are refused while the hash queue is full. The log has one line a second for all refusals.
 */
@Injectable()
export class AdmissionFront {
  private readonly logger = new Logger('Admission');
  private readonly overloaded = overloaded();
  private readonly publicOrigin: string;
  private refused = 0;
  /** Requests that go on to pay for a place in the line. */
  private paying = 0;

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly line: SignUpLine,
    links: LinkConfig,
  ) {
    this.publicOrigin = new URL(links.PUBLIC_URL).origin;
  }

  readonly look: Front = (request, response) => {
    const line = this.line.current;
    if (request.method === 'GET')
      return line && request.url === LINE ? placeOf(line, request) : undefined;
    const pathname = pathOf(request);
    if (pathname === undefined) return UNREADABLE;
    if (request.method !== 'POST') return undefined;
    const route = ROUTES.find(({ path }) => path.test(pathname))?.route;
    // What another site makes a browser send has no place in the line, and is refused later.
    if (route === undefined || !comesFrom(request, this.publicOrigin)) return undefined;
    if (route === SIGN_UPS && line) return this.ask(line, request, response);
    if (this.hasher.admits()) return undefined;
    if (route === SIGN_UPS) countSignUp('overloaded');
    return this.refuse(route, this.overloaded.retryAfterSeconds!);
  };

  private ask(
    line: Line,
    request: FrontRequest,
    response: ServerResponse,
  ): FrontAnswer | undefined {
    const { 'usher-ticket': ticket, 'idempotency-key': idempotencyKey } = request.headers;
    const answer = line.ask({
      ticket: ticket as string | undefined,
      idempotencyKey: idempotencyKey as string | undefined,
      network: clientNetwork(request.ip),
    });
    if (answer.kind === 'wait') {
      this.line.noteWait();
      return queued(answer);
    }
    if (answer.kind === 'full') {
      countSignUp('overloaded');
      return this.refuse(SIGN_UPS, answer.retryAfterSeconds);
    }
    if (answer.kind === 'costs') {
      // To refuse a crowd of bots must not cost as much as to serve it.
      if (this.paying >= MAX_PAYING) {
        countSignUp('overloaded');
        return this.refuse(SIGN_UPS, soon());
      }
      this.pay(response);
    }
    admit(request, answer);
    markCounted(request);
    if (answer.kind === 'let-in') response.once('close', () => line.answered(answer.pass));
    return undefined;
  }

  /** A request holds its place until it is answered, and for 3 s at most, since its body may not come. */
  private pay(response: ServerResponse): void {
    this.paying++;
    const limit = setTimeout(() => end(), PAYING_MS).unref();
    const end = () => {
      clearTimeout(limit);
      response.off('close', end);
      this.paying--;
    };
    response.once('close', end);
  }

  private refuse(route: string, retryAfterSeconds: number): FrontAnswer {
    if (this.refused++ === 0) setTimeout(() => this.report(), REPORT_MS).unref();
    const { status, code, message } = this.overloaded;
    return {
      route,
      status,
      headers: { ...HEADERS, 'retry-after': retryAfterSeconds },
      body: JSON.stringify(problemBody(code, message)),
    };
  }

  private report(): void {
    this.logger.warn(`${this.refused} requests were refused: the hash queue or the line is full`);
    this.refused = 0;
  }
}

const soon = () => SOON.least + Math.floor(Math.random() * (SOON.most - SOON.least + 1));

const HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
};

const UNREADABLE: FrontAnswer = {
  route: 'unreadable',
  status: 400,
  headers: HEADERS,
  body: JSON.stringify(problemBody('bad_request', 'The target of the request cannot be read')),
};

/** Undefined for a target that is not a URL. The parser throws then, and an error here would end the process. */
function pathOf(request: FrontRequest): string | undefined {
  try {
    return parseUrl(request)?.pathname ?? '';
  } catch {
    return undefined;
  }
}

/** Where a good ticket stands: everybody who waits asks again and again. The rest is the controller's. */
function placeOf(line: Line, request: FrontRequest): FrontAnswer | undefined {
  const found = line.look(String(request.headers['usher-ticket']));
  if (!found) return undefined;
  const { ticket, ...answer } = toPlace(found);
  return {
    route: LINE,
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'usher-ticket': ticket,
    },
    body: JSON.stringify(answer),
  };
}

/** The part of the answer that is the same for all who wait. */
const IN_LINE_BODY = JSON.stringify(problemBody('overloaded', IN_LINE)).slice(0, -1);

function queued({ place }: Extract<Answer, { kind: 'wait' }>): FrontAnswer {
  countSignUp('queued');
  const inLine = toPlace(place);
  return {
    route: SIGN_UPS,
    status: 503,
    headers: {
      ...HEADERS,
      'retry-after': place.retryAfterSeconds,
      'usher-ticket': place.ticket,
    },
    body: `${IN_LINE_BODY},${JSON.stringify(inLine).slice(1)}`,
  };
}
