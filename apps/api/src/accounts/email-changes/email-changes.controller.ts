import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { FromClient, type Client } from '../../http/client.js';
import { markReplayed } from '../../http/replayed.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { linkToken } from '../link-token.schema.js';
import { password } from '../passwords/password.schema.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { FromSession, RequiresSession } from '../sessions/session.guard.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { emailAddress } from '../users/email-address.js';
import { checkYourEmail, userAnswer } from '../users/user.schema.js';
import { ChangeEmail } from './change-email.js';
import { ConfirmEmailChange } from './confirm-email-change.js';
import { UndoEmailChange } from './undo-email-change.js';

const changeBody = z.strictObject({ email: emailAddress, password });
const linkBody = z.strictObject({ token: linkToken });

@Controller('v1')
export class EmailChangesController {
  constructor(
    private readonly change: ChangeEmail,
    private readonly confirmChange: ConfirmEmailChange,
    private readonly undoChange: UndoEmailChange,
  ) {}

  @Post('me/email-changes')
  @RequiresSession()
  @RateLimited('mail')
  @Documented(
    'Changes an unverified address at once; a verified one changes by the link in the new mailbox',
    { 200: userAnswer, 202: checkYourEmail },
    'invalid_credentials',
    'email_taken',
    'validation_failed',
    'rate_limited',
    'overloaded',
  )
  async request(
    @FromSession() { userId }: CurrentSession,
    @Body({ schema: changeBody }) body: z.output<typeof changeBody>,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ) {
    const user = await this.change.execute(userId, body, client);
    response.status(user ? 200 : 202);
    return user ?? { status: 'check_your_email' };
  }

  @Post('email-changes/confirm')
  @HttpCode(204)
  @Documented(
    'Gives an account its new address, by the link that went there',
    { 204: null },
    ['invalid_token', 400],
    'email_taken',
    'validation_failed',
  )
  async confirm(
    @Body({ schema: linkBody }) { token }: z.output<typeof linkBody>,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { replayed } = await this.confirmChange.execute(token, client);
    if (replayed) markReplayed(response);
  }

  @Post('email-changes/undo')
  @HttpCode(204)
  @Documented(
    'Gives an account back to its old address; sessions and password end',
    { 204: null },
    ['invalid_token', 400],
    'email_taken',
    'validation_failed',
  )
  async undo(
    @Body({ schema: linkBody }) { token }: z.output<typeof linkBody>,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { replayed } = await this.undoChange.execute(token, client);
    if (replayed) markReplayed(response);
  }
}
