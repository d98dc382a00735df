import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { contextOf, tracer } from '#libs/service-defaults';
import type { NextFunction, Request, Response } from 'express';
import { NO_ROUTE, routeOf } from './http.metrics.js';

const PROBES = /^\/(healthz|readyz)$/;

/**
 * Middleware: a span for each request, in the caller's trace if it names one. The path itself stays out of
 * it, as do the address and the agent of whoever asks: they are personal.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 * @param scheme by which people come, whatever a proxy speaks here: `https` or `http`
 */
export const traceRequests =
  (scheme: string) =>
  (request: Request, response: Response, next: NextFunction): void => {
    if (PROBES.test(request.path)) return next();
    const parent = contextOf(request.headers['traceparent']);
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER }, parent);
    if (!span.isRecording()) return context.with(trace.setSpan(parent, span), next);
    response.once('close', () => {
      const route = routeOf(request);
      const status = response.statusCode;
      if (route !== NO_ROUTE) span.updateName(`${request.method} ${route}`);
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': status,
        'url.scheme': scheme,
      });
      if (status >= 500) {
        span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    });
    context.with(trace.setSpan(parent, span), next);
  };
