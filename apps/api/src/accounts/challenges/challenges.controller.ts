import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { ApiConfig } from '../../api.config.js';
import { notFound } from '../../http/problem.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { Challenges } from './challenges.js';

/** As ALTCHA has it. */
const challengeAnswer = z.object({
  parameters: z.record(z.string(), z.unknown()),
  signature: z.string(),
});

@Controller('v1/challenges')
export class ChallengesController {
  constructor(
    private readonly config: ApiConfig,
    private readonly challenges: Challenges,
  ) {}

  @Get()
  @RateLimited('challenge')
  @Documented(
    'A challenge whose solution goes with a sign-up',
    { 200: challengeAnswer },
    'not_found',
    'rate_limited',
  )
  async create() {
    if (this.config.CHALLENGE === 'none') throw notFound();
    return this.challenges.create();
  }
}
