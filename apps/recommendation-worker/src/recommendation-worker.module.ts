import { Module } from '@nestjs/common';
import { ItemTexts } from './catalogue/item-texts.js';
import { ComputeRecommendationsHandler } from './compute-recommendations/compute-recommendations.handler.js';
import { CountInteractionHandler } from './count-interaction/count-interaction.handler.js';
import { CatalogueWatch } from './engine/catalogue-watch.js';
import { ImpressionsCleaner } from './impressions-cleaner.js';
import { PreviewRecommendationsHandler } from './preview-recommendations/preview-recommendations.handler.js';
import { RankingEngine } from './engine/ranking-engine.js';
import { RecommendationLists } from './recommendation-lists.js';
import { RecommendationWorkerConfig } from './recommendation-worker.config.js';
import { RecomputeRecommendationsHandler } from './recompute-recommendations/recompute-recommendations.handler.js';

@Module({
  controllers: [
    ComputeRecommendationsHandler,
    RecomputeRecommendationsHandler,
    CountInteractionHandler,
    PreviewRecommendationsHandler,
  ],
  providers: [RankingEngine, CatalogueWatch, ItemTexts, RecommendationLists, ImpressionsCleaner],
})
export class RecommendationWorkerModule {
  static readonly config = RecommendationWorkerConfig;
}
