import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { FromClient, type Client } from '../http/client.js';
import { notFound } from '../http/problem.js';
import { SessionCookie } from '../http/session-cookie.js';
import { FromSession, SessionGuard } from '../http/session.guard.js';
import { RateLimited } from '../rate-limits/rate-limit.guard.js';
import { validate as isUuid } from 'uuid';
import { password } from '../passwords/password.schema.js';
import { LogIn } from './log-in.js';
import { SessionStore, type CurrentSession } from './session-store.js';

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
  @UseGuards(SessionGuard)
  async list(@FromSession() session: CurrentSession) {
    return { items: await this.sessions.list(session) };
  }

  @Delete('current')
  @UseGuards(SessionGuard)
  @HttpCode(204)
  async endCurrent(
    @FromSession() session: CurrentSession,
    @Res({ passthrough: true }) response: Response,
  ) {
    await this.sessions.end(session.userId, session.id);
    this.cookie.clear(response);
  }

  @Delete(':id')
  @UseGuards(SessionGuard)
  @HttpCode(204)
  async end(@FromSession() { userId }: CurrentSession, @Param('id') id: string) {
    if (!isUuid(id) || !(await this.sessions.end(userId, id))) throw notFound();
  }
}
