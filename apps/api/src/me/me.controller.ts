import { Body, Controller, Get, Patch } from '@nestjs/common';
import { locale } from '#libs/contracts';
import { z } from 'zod';
import { FromClient, type Client } from '../http/client.js';
import { FromSession, RequiresSession } from '../http/session.guard.js';
import { Documented } from '../openapi/documented.decorator.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { Accounts } from './accounts.js';
import { displayName, interests } from './profile.schema.js';
import { userAnswer } from './user.schema.js';

const profileBody = z.strictObject({
  displayName: displayName.optional(),
  interests: interests.optional(),
  locale: locale.optional(),
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
  @Documented('Changes name, interests or language', { 200: userAnswer }, 'validation_failed')
  async change(
    @FromSession() { userId }: CurrentSession,
    @Body({ schema: profileBody }) body: z.output<typeof profileBody>,
    @FromClient() client: Client,
  ) {
    return this.accounts.change(userId, body, client);
  }
}
