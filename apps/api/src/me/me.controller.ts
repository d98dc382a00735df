import { Body, Controller, Get, Patch, UseGuards } from '@nestjs/common';
import { locale } from '#libs/contracts';
import { z } from 'zod';
import { FromClient, type Client } from '../http/client.js';
import { FromSession, SessionGuard } from '../http/session.guard.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { Accounts } from './accounts.js';
import { displayName, interests } from './profile.schema.js';

const profileBody = z.strictObject({
  displayName: displayName.optional(),
  interests: interests.optional(),
  locale: locale.optional(),
});

@Controller('v1/me')
@UseGuards(SessionGuard)
export class MeController {
  constructor(private readonly accounts: Accounts) {}

  @Get()
  async get(@FromSession() { userId }: CurrentSession) {
    return this.accounts.get(userId);
  }

  @Patch()
  async change(
    @FromSession() { userId }: CurrentSession,
    @Body({ schema: profileBody }) body: z.output<typeof profileBody>,
    @FromClient() client: Client,
  ) {
    return this.accounts.change(userId, body, client);
  }
}
