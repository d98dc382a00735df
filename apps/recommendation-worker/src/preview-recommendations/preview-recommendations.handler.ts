import { Controller } from '@nestjs/common';
import { previewRecommendations } from '#libs/contracts';
import { Answer } from '#libs/messaging';
import type { z } from 'zod';
import { ItemTexts } from '../catalogue/item-texts.js';
import { RankingEngine } from '../engine/ranking-engine.js';

@Controller()
export class PreviewRecommendationsHandler {
  constructor(
    private readonly engine: RankingEngine,
    private readonly texts: ItemTexts,
  ) {}

  @Answer(previewRecommendations)
  async handle({
    locale: language,
    ...question
  }: z.output<typeof previewRecommendations.question>) {
    return this.texts.addTo(await this.engine.rank({ language, ...question }));
  }
}
