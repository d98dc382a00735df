import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import type { Response } from 'express';
import { FromClient, type Client } from '../http/client.js';
import { Problem } from '../http/problem.js';
import { SessionCookie } from '../http/session-cookie.js';
import { PasswordPolicy } from './password-policy.js';
import { SignUp } from './sign-up.js';
import { idempotencyKey, signUpBody, type SignUpBody } from './signups.schema.js';

const signups = metrics
  .getMeter('usher.api')
  .createCounter('usher_signups', { description: 'Sign-ups by outcome' });

@Controller('v1/signups')
export class SignupsController {
  constructor(
    private readonly signUp: SignUp,
    private readonly passwordPolicy: PasswordPolicy,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  async create(
    @Body({ schema: signUpBody }) body: SignUpBody,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ) {
    this.passwordPolicy.check(body.password, body);
    const key = parseKey(keyHeader);
    try {
      const { user, session, replayed } = await this.signUp.execute(body, client, key);
      signups.add(1, { outcome: replayed ? 'replayed' : 'accepted' });
      if (replayed) response.setHeader('Idempotency-Replayed', 'true');
      this.cookie.write(response, session);
      return { user, session };
    } catch (error) {
      signups.add(1, { outcome: error instanceof Problem ? error.code : 'error' });
      throw error;
    }
  }
}

function parseKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new Problem('validation_failed', undefined, {
    errors: [
      { path: 'Idempotency-Key', code: 'invalid_format', message: parsed.error.issues[0]!.message },
    ],
  });
}
