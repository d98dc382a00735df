import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { FromClient, type Client } from '../../http/client.js';
import { linkToken } from '../link-token.schema.js';
import { MailRequests } from '../mail-budgets/mail-requests.js';
import { checkYourEmail } from '../users/user.schema.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { password } from '../passwords/password.schema.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { emailAddress } from '../users/email-address.js';
import { PASSWORD_RESET } from '../users/requested-mails.js';
import { ResetPassword } from './reset-password.js';

const requestBody = z.strictObject({ email: emailAddress });

const confirmBody = z.strictObject({ token: linkToken, password });

@Controller('v1/password-resets')
export class PasswordResetsController {
  constructor(
    private readonly requests: MailRequests,
    private readonly resetPassword: ResetPassword,
  ) {}

  @Post()
  @RateLimited('mail')
  @Documented(
    'Sends a link for a new password, if the address has an account',
    { 202: checkYourEmail },
    'validation_failed',
    'rate_limited',
  )
  @HttpCode(202)
  async request(
    @Body({ schema: requestBody }) { email }: z.output<typeof requestBody>,
    @FromClient() client: Client,
  ) {
    await this.requests.accept(PASSWORD_RESET, { email }, client);
    return { status: 'check_your_email' };
  }

  @Post('confirm')
  @Documented(
    'Sets a new password and ends all sessions',
    { 204: null },
    'invalid_token',
    'token_used',
    'validation_failed',
    'overloaded',
  )
  @HttpCode(204)
  async confirm(
    @Body({ schema: confirmBody }) { token, password: newPassword }: z.output<typeof confirmBody>,
    @FromClient() client: Client,
  ) {
    await this.resetPassword.execute(token, newPassword, client);
  }
}
