import { runWorker } from '#libs/bootstrap';
import {
  computeRecommendations,
  countInteraction,
  previewRecommendations,
  recomputeRecommendations,
} from '#libs/contracts';
import { RecommendationWorkerModule } from './recommendation-worker.module.js';

await runWorker(RecommendationWorkerModule, {
  name: 'recommendation-worker',
  consumes: [computeRecommendations, recomputeRecommendations, countInteraction],
  answers: [previewRecommendations],
});
