import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { Response } from 'express';
import { type CurrentSession, FromSession, RequiresSession } from '../../accounts/index.js';
import { OpenStreams } from '../live/open-streams.js';
import { DocumentedStream } from '../../openapi/documented-stream.decorator.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { DeliveriesQuery, isComplete } from './deliveries.query.js';
import { onboarding } from './onboarding.schema.js';
import { UpcomingQuery } from './upcoming.query.js';
import { TimelineStreams } from './timeline-streams.js';

@Controller('v1/me/onboarding')
@RequiresSession()
export class OnboardingController {
  constructor(
    private readonly deliveries: DeliveriesQuery,
    private readonly upcoming: UpcomingQuery,
    private readonly streams: OpenStreams,
    private readonly timelines: TimelineStreams,
  ) {}

  @Get()
  @Documented('What has followed the sign-up so far, and what is to come later', {
    200: onboarding,
  })
  async get(@FromSession() { userId }: CurrentSession) {
    const [steps, upcoming] = await Promise.all([
      this.deliveries.steps(userId),
      this.upcoming.of(userId),
    ]);
    return { complete: isComplete(steps), steps, upcoming };
  }

  @Get('stream')
  @DocumentedStream('What follows the sign-up, as it happens: first the state of all steps', {
    step: 'one step; the id is `step:status:attempt`, and `:delivery` after it where the step has one',
    complete:
      'all steps are done; mails that follow later are in `upcoming` of `GET /v1/me/onboarding`',
  })
  watch(
    @FromSession() session: CurrentSession,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): void {
    const stream = this.streams.open(session, response);
    this.timelines.watch(session.userId, stream, lastEventId);
  }
}
