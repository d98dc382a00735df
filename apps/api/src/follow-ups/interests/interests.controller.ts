import { Controller, Get, Req, Res } from '@nestjs/common';
import { interestTag } from '#libs/contracts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { preferredLocale } from '../../http/preferred-locale.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { InterestsQuery } from './interests.query.js';

const interestList = z.array(
  z.strictObject({ tag: interestTag, label: z.string(), items: z.int().min(0) }),
);

@Controller('v1/interests')
export class InterestsController {
  constructor(private readonly interests: InterestsQuery) {}

  /** Labels in the language that `Accept-Language` prefers. */
  @Get()
  @Documented('The interests to choose from', { 200: interestList })
  async list(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    response.vary('accept-language');
    return this.interests.list(preferredLocale(request));
  }
}
