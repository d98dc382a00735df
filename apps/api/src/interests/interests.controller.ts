import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { preferredLocale } from '../http/preferred-locale.js';
import { InterestsQuery } from './interests.query.js';

@Controller('v1/interests')
export class InterestsController {
  constructor(private readonly interests: InterestsQuery) {}

  /** Labels in the language that `Accept-Language` prefers. */
  @Get()
  async list(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    response.vary('accept-language');
    return this.interests.list(preferredLocale(request));
  }
}
