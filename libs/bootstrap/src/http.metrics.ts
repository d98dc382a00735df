import { metrics } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const duration = metrics.getMeter('usher.http').createHistogram('http_request_duration_seconds', {
  description: 'Time from the arrival of a request to the end of its answer',
  unit: 's',
  advice: { explicitBucketBoundaries: BUCKETS_SECONDS },
});

/** All requests that no route is for: paths are anybody's to invent. */
export const NO_ROUTE = 'none';

/** Whoever asked went away before there was an answer; the number is nginx's. */
const CLIENT_CLOSED_REQUEST = 499;

type Attributes = { readonly route: string; readonly status: string };
/** Bounded: routes are those of the code, and each answers with few statuses. */
const attributesOfRoute = new Map<string, Map<number, Attributes>>();

/**
 * Middleware: records how long each request takes, by the template of its route. A stream of events is
 * left out: it takes as long as somebody watches.
 */
export function measureRequests(request: Request, response: Response, next: NextFunction): void {
  const startedAt = performance.now();
  response.once('close', () => {
    if (String(response.getHeader('content-type')).startsWith('text/event-stream')) return;
    const status = response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST;
    recordRequest(routeOf(request), status, startedAt);
  });
  next();
}

/** Records the duration of a request. @param startedAt time by `performance.now()` */
export function recordRequest(route: string, status: number, startedAt: number): void {
  duration.record((performance.now() - startedAt) / 1_000, attributesOf(route, status));
}

/** The template, as `/v1/sessions/:id`. Nest's own middleware is mounted on patterns of the kind `{*path}`. */
export function routeOf(request: Request): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' && !path.includes('*') ? path : NO_ROUTE;
}

function attributesOf(route: string, status: number): Attributes {
  let ofRoute = attributesOfRoute.get(route);
  if (!ofRoute) attributesOfRoute.set(route, (ofRoute = new Map()));
  let attributes = ofRoute.get(status);
  if (!attributes) ofRoute.set(status, (attributes = { route, status: String(status) }));
  return attributes;
}
