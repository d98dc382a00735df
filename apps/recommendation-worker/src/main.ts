import { runWorker } from '#libs/bootstrap';
import { RecommendationWorkerModule } from './recommendation-worker.module.js';

await runWorker(RecommendationWorkerModule);
