import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Readiness } from '#libs/service-defaults';
import type { Response } from 'express';

/** The same answers as on the metrics port, for load balancers that only see this one; the reasons stay there. */
@Controller()
@ApiExcludeController()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response) {
    const report = await this.readiness.report();
    response.status(report.status === 'ready' ? 200 : 503).setHeader('cache-control', 'no-store');
    const checks = Object.entries(report.checks).map(([name, result]) => [
      name,
      result === 'ok' ? 'ok' : 'not_ready',
    ]);
    return { status: report.status, checks: Object.fromEntries(checks) as object };
  }
}
