import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { FromClient, type Client } from '../../http/client.js';
import { linkToken } from '../link-token.schema.js';
import { MailRequests } from '../mail-budgets/mail-requests.js';
import { Problem } from '../../http/problem.js';
import { markReplayed } from '../../http/replayed.js';
import { RequestSession } from '../sessions/request-session.js';
import { Accounts } from '../users/accounts.js';
import { checkYourEmail } from '../users/user.schema.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { emailAddress } from '../users/email-address.js';
import { VERIFICATION_RESEND } from '../users/requested-mails.js';
import { VerifyEmail } from './verify-email.js';

const verificationBody = z.strictObject({ token: linkToken });

/** Without an address it is the session's; a private sign-up has no session yet. */
const resendBody = z.strictObject({ email: emailAddress.optional() }).prefault({});

@Controller('v1/email-verifications')
export class EmailVerificationsController {
  constructor(
    private readonly verifyEmail: VerifyEmail,
    private readonly requests: MailRequests,
    private readonly session: RequestSession,
    private readonly accounts: Accounts,
  ) {}

  @Post()
  @Documented(
    'Verifies an address; one that is verified already stays so',
    { 204: null },
    'invalid_token',
    'validation_failed',
  )
  @HttpCode(204)
  async verify(
    @Body({ schema: verificationBody }) { token }: z.output<typeof verificationBody>,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { replayed } = await this.verifyEmail.execute(token, client);
    if (replayed) markReplayed(response);
  }

  @Post('resend')
  @RateLimited('mail')
  @Documented(
    'Sends another link, to the address given or to that of the session',
    { 202: checkYourEmail },
    'unauthenticated',
    'validation_failed',
    'rate_limited',
  )
  @HttpCode(202)
  async resend(
    @Body({ schema: resendBody }) body: z.output<typeof resendBody>,
    @Req() request: Request,
    @FromClient() client: Client,
  ) {
    const email = body.email ?? (await this.ownAddress(request));
    await this.requests.accept(VERIFICATION_RESEND, { email }, client);
    return { status: 'check_your_email' };
  }

  private async ownAddress(request: Request): Promise<string> {
    const session = await this.session.of(request);
    if (!session) throw new Problem('unauthenticated');
    return (await this.accounts.get(session.userId)).email;
  }
}
