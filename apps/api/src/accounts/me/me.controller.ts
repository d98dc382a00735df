import { Body, Controller, Get, Patch } from '@nestjs/common';
import { displayName, givenInterests, locale, timeZone } from '#libs/contracts';
import { z } from 'zod';
import { FromClient, type Client } from '../../http/client.js';
import { FromSession, RequiresSession } from '../sessions/session.guard.js';
import { Documented } from '../../openapi/documented.decorator.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { Accounts } from '../users/accounts.js';
import { userAnswer } from '../users/user.schema.js';

const profileBody = z.strictObject({
  displayName: displayName.optional(),
  interests: givenInterests.optional(),
  locale: locale.optional(),
  timeZone: timeZone.nullish(),
  tips: z.boolean().optional(),
});

@Controller('v1/me')
@RequiresSession()
export class MeController {
  constructor(private readonly accounts: Accounts) {}

  @Get()
  @Documented('The account', { 200: userAnswer })
  async get(@FromSession() { userId }: CurrentSession) {
    return this.accounts.get(userId);
  }

  @Patch()
  @Documented(
    'Changes name, interests, language, time zone, or whether tips are sent',
    { 200: userAnswer },
    'validation_failed',
  )
  async change(
    @FromSession() { userId }: CurrentSession,
    @Body({ schema: profileBody }) body: z.output<typeof profileBody>,
    @FromClient() client: Client,
  ) {
    return this.accounts.change(userId, body, client);
  }
}
