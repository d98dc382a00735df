import { defineConfig, duration } from '#libs/service-defaults';

/** What the recommendation worker reads beyond what every app reads. */
export class RecommendationWorkerConfig extends defineConfig({
  /** How often the index is built anew when people have opened something since. */
  RECOMMENDATION_LEARN_INTERVAL: duration().default(600_000),
}) {}
