import { Logger } from '@nestjs/common';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from './health.js';
import { HttpConnections } from './http-connections.js';
import type { ServiceConfig } from './service.config.js';
import { readMetrics } from './telemetry.js';

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** Longer than the interval of any scraper, which else would find its connection closed. */
const LIMITS = { keepAliveMs: 75_000, maxConnections: 100 };

const logger = new Logger('HealthServer');

/**
 * Serves `/healthz` (200 while the process lives), `/readyz` (200 or 503 with reasons) and `/metrics`
 * on `METRICS_HOST:METRICS_PORT`; resolves with its connections and the port that it got.
 */
export async function startHealthServer(
  config: ServiceConfig,
  readiness: Readiness,
): Promise<{ connections: HttpConnections; port: number }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics') return void sendMetrics(response);
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
    if (path === '/readyz') {
      return void readiness
        .report()
        .then((report) => sendJson(response, report.status === 'ready' ? 200 : 503, report));
    }
    sendJson(response, 404, { status: 'not_found' });
  });
  const connections = new HttpConnections(server, LIMITS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.METRICS_PORT, config.METRICS_HOST, resolve);
  });
  return { connections, port: (server.address() as AddressInfo).port };
}

/** What cannot be read is left out, which Prometheus tells from a value; the log says why. */
async function sendMetrics(response: ServerResponse): Promise<void> {
  const { text, errors } = await readMetrics();
  for (const error of errors) {
    logger.warn(`a metric could not be read: ${(error as Error).message || String(error)}`);
  }
  response.writeHead(200, { 'content-type': PROMETHEUS_TEXT, 'cache-control': 'no-store' });
  response.end(text);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
