import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from './health.js';
import type { ServiceConfig } from './service.config.js';
import { serveMetrics } from './telemetry.js';

/**
 * Serves `/healthz` (200 while the process lives), `/readyz` (200 or 503 with reasons) and `/metrics`
 * on `METRICS_HOST:METRICS_PORT`; resolves with the server and the port that it got.
 */
export async function startHealthServer(
  config: ServiceConfig,
  readiness: Readiness,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics') return serveMetrics(request, response);
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
    if (path === '/readyz') {
      return void readiness
        .report()
        .then((report) => sendJson(response, report.status === 'ready' ? 200 : 503, report));
    }
    sendJson(response, 404, { status: 'not_found' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.METRICS_PORT, config.METRICS_HOST, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
