import { Controller, Get } from '@nestjs/common';
import { FromSession, RequiresSession } from '../http/session.guard.js';
import { Documented } from '../openapi/documented.decorator.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { DeliveriesQuery } from './deliveries.query.js';
import { onboarding } from './onboarding.schema.js';

@Controller('v1/me/onboarding')
@RequiresSession()
export class OnboardingController {
  constructor(private readonly deliveries: DeliveriesQuery) {}

  @Get()
  @Documented('What has followed the sign-up so far', { 200: onboarding })
  async get(@FromSession() { userId }: CurrentSession) {
    const steps = await this.deliveries.steps(userId);
    return { complete: steps.every(({ status }) => status === 'done'), steps };
  }
}
