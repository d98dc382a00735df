import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { givenInterests, MAX_RECOMMENDATIONS } from '#libs/contracts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { preferredLocale } from '../../http/preferred-locale.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { PreviewRecommendations } from './preview-recommendations.js';
import { recommendationsPreview } from './recommendations.schema.js';

const previewBody = z.strictObject({
  interests: givenInterests,
  limit: z.number().int().min(1).max(MAX_RECOMMENDATIONS).default(MAX_RECOMMENDATIONS),
});

@Controller('v1/recommendations/preview')
export class PreviewController {
  constructor(private readonly preview: PreviewRecommendations) {}

  /** For someone who speaks the language that `Accept-Language` prefers. */
  @Post()
  @HttpCode(200)
  @Documented(
    'What would be recommended to somebody with these interests',
    { 200: recommendationsPreview },
    'validation_failed',
  )
  async of(
    @Body({ schema: previewBody }) body: z.output<typeof previewBody>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    response.vary('accept-language');
    return this.preview.execute({ ...body, locale: preferredLocale(request) });
  }
}
