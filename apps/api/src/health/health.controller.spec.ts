import { Readiness } from '#libs/service-defaults';
import type { Response } from 'express';
import { HealthController } from './health.controller.js';

it('who asks the public port learns what is not ready, and not why', async () => {
  const readiness = new Readiness();
  readiness.add('start', () => undefined);
  readiness.add('database', () => 'no connection to the database (connect ECONNREFUSED 10.0.0.1)');
  const sent = { status: 0 };
  const response = {
    status(code: number) {
      sent.status = code;
      return response;
    },
    setHeader: () => response,
  };

  const body = await new HealthController(readiness).ready(response as unknown as Response);

  expect(sent.status).toBe(503);
  expect(body).toEqual({ status: 'not_ready', checks: { start: 'ok', database: 'not_ready' } });
});
