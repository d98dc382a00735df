import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { DeferredRequests } from '../deferred-requests/deferred-requests.js';
import { FromClient, type Client } from '../http/client.js';
import { linkToken } from '../http/link-token.schema.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { emailAddress } from '../signups/email-address.js';
import { password } from '../passwords/password.schema.js';
import { ResetPassword } from './reset-password.js';

const requestBody = z.strictObject({ email: emailAddress });

const confirmBody = z.strictObject({ token: linkToken, password });

@Controller('v1/password-resets')
export class PasswordResetsController {
  constructor(
    private readonly requests: DeferredRequests,
    private readonly resetPassword: ResetPassword,
  ) {}

  @Post()
  @RateLimited('mail')
  @HttpCode(202)
  async request(
    @Body({ schema: requestBody }) { email }: z.output<typeof requestBody>,
    @FromClient() client: Client,
  ) {
    await this.requests.accept({ kind: 'password-reset', email }, client);
    return { status: 'check_your_email' };
  }

  @Post('confirm')
  @HttpCode(204)
  async confirm(
    @Body({ schema: confirmBody }) { token, password: newPassword }: z.output<typeof confirmBody>,
    @FromClient() client: Client,
  ) {
    await this.resetPassword.execute(token, newPassword, client);
  }
}
