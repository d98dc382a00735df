import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { validate as isUuid } from 'uuid';
import { FromClient, type Client } from '../../http/client.js';
import { notFound } from '../../http/problem.js';
import { SessionCookie } from './session-cookie.js';
import { FromSession, RequiresSession } from './session.guard.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { password } from '../passwords/password.schema.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { LogIn } from './log-in.js';
import { SessionStore, type CurrentSession } from './session-store.js';
import { loggedInAnswer, sessionList } from './sessions.schema.js';

const EMAIL_MAX_CHARACTERS = 320;

const logInBody = z.strictObject({ email: z.string().min(1).max(EMAIL_MAX_CHARACTERS), password });

@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly logIn: LogIn,
    private readonly sessions: SessionStore,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  @RateLimited('login')
  @Documented(
    'Logs in',
    { 201: loggedInAnswer },
    'invalid_credentials',
    'validation_failed',
    'rate_limited',
    'overloaded',
  )
  async create(
    @Body({ schema: logInBody }) body: z.output<typeof logInBody>,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ) {
    const result = await this.logIn.execute(body, client);
    this.cookie.write(response, result.session);
    return result;
  }

  @Get()
  @Documented('Where the person is logged in', { 200: sessionList })
  @RequiresSession()
  async list(@FromSession() session: CurrentSession) {
    return { items: await this.sessions.list(session) };
  }

  @Delete('current')
  @Documented('Logs out', { 204: null })
  @RequiresSession()
  @HttpCode(204)
  async endCurrent(
    @FromSession() session: CurrentSession,
    @Res({ passthrough: true }) response: Response,
  ) {
    await this.sessions.end(session.userId, session.id);
    this.cookie.clear(response);
  }

  @Delete(':id')
  @Documented('Ends another session of the same person', { 204: null }, 'not_found')
  @RequiresSession()
  @HttpCode(204)
  async end(@FromSession() { userId }: CurrentSession, @Param('id') id: string) {
    if (!isUuid(id) || !(await this.sessions.end(userId, id))) throw notFound();
  }
}
