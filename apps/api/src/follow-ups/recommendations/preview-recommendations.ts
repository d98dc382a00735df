import { Injectable, Logger } from '@nestjs/common';
import { previewRecommendations } from '#libs/contracts';
import { NoAnswerError, RequestClient } from '#libs/messaging';
import type { z } from 'zod';
import { ItemsQuery } from './items.query.js';
import type { RecommendationList } from './lists.query.js';

/** What would be recommended: asked of the recommendation worker, or what everybody likes when it is silent. */
@Injectable()
export class PreviewRecommendations {
  private readonly logger = new Logger(PreviewRecommendations.name);

  constructor(
    private readonly requests: RequestClient,
    private readonly items: ItemsQuery,
  ) {}

  async execute(
    question: z.output<typeof previewRecommendations.question>,
  ): Promise<RecommendationList> {
    try {
      return await this.requests.ask(previewRecommendations, question);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      this.logger.warn(`${error.message}; answered with the popular list`);
      return this.items.popular(question.locale, question.limit);
    }
  }
}
