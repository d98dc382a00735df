import { Controller, Get, Headers, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { FromSession, SessionGuard } from '../http/session.guard.js';
import { OpenStreams } from '../live/open-streams.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { DeliveriesQuery, isComplete } from './deliveries.query.js';
import { TimelineStreams } from './timeline-streams.js';

@Controller('v1/me/onboarding')
@UseGuards(SessionGuard)
export class OnboardingController {
  constructor(
    private readonly deliveries: DeliveriesQuery,
    private readonly streams: OpenStreams,
    private readonly timelines: TimelineStreams,
  ) {}

  @Get()
  async get(@FromSession() { userId }: CurrentSession) {
    const steps = await this.deliveries.steps(userId);
    return { complete: isComplete(steps), steps };
  }

  /** Server-sent events `step` and `complete`; first the state as it is. */
  @Get('stream')
  watch(
    @FromSession() session: CurrentSession,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): void {
    const stream = this.streams.open(session, response);
    this.timelines.watch(session.userId, stream, lastEventId);
  }
}
