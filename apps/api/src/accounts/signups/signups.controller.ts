import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiConfig } from '../../api.config.js';
import { FromClient, type Client } from '../../http/client.js';
import { Problem } from '../../http/problem.js';
import { markReplayed } from '../../http/replayed.js';
import { SessionCookie } from '../sessions/session-cookie.js';
import { loggedInAnswer } from '../sessions/sessions.schema.js';
import { checkYourEmail } from '../users/user.schema.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { PasswordPolicy } from '../passwords/password-policy.js';
import { FromLine, type Admission } from '../admission/admission.js';
import { countSignUp } from '../admission/count-sign-ups.js';
import { SignUpLine } from '../admission/sign-up-line.js';
import { TicketChallenge } from '../challenges/ticket-challenge.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { PrivateSignUp } from './private-sign-up.js';
import { SignUp } from './sign-up.js';
import { idempotencyKey, signUpBody, type SignUpBody } from './signups.schema.js';

@Controller('v1/signups')
export class SignupsController {
  constructor(
    private readonly config: ApiConfig,
    private readonly signUp: SignUp,
    private readonly privateSignUp: PrivateSignUp,
    private readonly passwordPolicy: PasswordPolicy,
    private readonly cookie: SessionCookie,
    private readonly line: SignUpLine,
    private readonly ticketChallenge: TicketChallenge,
  ) {}

  @Post()
  @RateLimited('signup')
  @ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string' } })
  @ApiHeader({ name: 'Usher-Ticket', required: false, schema: { type: 'string' } })
  @Documented(
    'Makes an account. 201 with SIGNUP_MODE=instant, 202 with private',
    { 201: loggedInAnswer, 202: checkYourEmail },
    'email_taken',
    'validation_failed',
    'idempotency_mismatch',
    'challenge_required',
    'invalid_challenge',
    'rate_limited',
    'overloaded',
  )
  async create(
    @Body({ schema: signUpBody }) body: SignUpBody,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @FromClient() client: Client,
    @FromLine() admission: Admission | undefined,
    @Res({ passthrough: true }) response: Response,
  ) {
    if (admission?.kind === 'costs') {
      let answer!: Problem;
      await this.ticketChallenge.pay(body.challenge, () => {
        answer = this.line.enter(admission);
        return answer.ticket !== undefined;
      });
      throw answer;
    }
    await this.passwordPolicy.check(body.password, body);
    const request = [body, client, parseKey(keyHeader), admission] as const;
    return this.line.serve<object>(admission, () =>
      this.config.SIGNUP_MODE === 'private'
        ? this.acceptPrivately(request, response)
        : this.open(request, response),
    );
  }

  private async open(request: Request, response: Response) {
    const { user, session, replayed } = await this.signUp.execute(...request);
    report(replayed, response);
    this.cookie.write(response, session);
    return { user, session };
  }

  private async acceptPrivately(request: Request, response: Response) {
    const { replayed } = await this.privateSignUp.execute(...request);
    report(replayed, response);
    response.status(202);
    return { status: 'check_your_email' };
  }
}

type Request = readonly [SignUpBody, Client, string | undefined, Admission | undefined];

function report(replayed: boolean, response: Response): void {
  countSignUp(replayed ? 'replayed' : 'accepted');
  if (replayed) markReplayed(response);
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
