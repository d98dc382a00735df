import { Module } from '@nestjs/common';
import { CatalogueIndex } from './catalogue/catalogue-index.js';
import { ComputeRecommendationsHandler } from './compute-recommendations/compute-recommendations.handler.js';
import { RecommendationLists } from './recommendation-lists.js';
import { RecomputeRecommendationsHandler } from './recompute-recommendations/recompute-recommendations.handler.js';

@Module({
  controllers: [ComputeRecommendationsHandler, RecomputeRecommendationsHandler],
  providers: [CatalogueIndex, RecommendationLists],
})
export class RecommendationWorkerModule {}
