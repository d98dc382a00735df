import { Controller, Get, UseGuards } from '@nestjs/common';
import { FromSession, SessionGuard } from '../http/session.guard.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { DeliveriesQuery } from './deliveries.query.js';

@Controller('v1/me/onboarding')
@UseGuards(SessionGuard)
export class OnboardingController {
  constructor(private readonly deliveries: DeliveriesQuery) {}

  @Get()
  async get(@FromSession() { userId }: CurrentSession) {
    const steps = await this.deliveries.steps(userId);
    return { complete: steps.every(({ status }) => status === 'done'), steps };
  }
}
