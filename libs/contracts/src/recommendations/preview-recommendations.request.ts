import { z } from 'zod';
import { defineRequest } from '#libs/messaging';
import { country, interestTag, locale, MAX_INTERESTS } from '../users/profile.js';

/** The longest list of recommendations. */
export const MAX_RECOMMENDATIONS = 20;

const recommendedItem = z.object({
  itemId: z.string(),
  title: z.string(),
  url: z.string(),
  rank: z.number().int(),
  score: z.number(),
  because: z.array(z.object({ tag: z.string(), weight: z.number() })).readonly(),
});

/** What would be recommended to someone with these interests; nothing is kept. */
export const previewRecommendations = defineRequest('recommendation-worker.preview', {
  deadlineMs: 300,
  question: z.object({
    interests: z.array(interestTag).max(MAX_INTERESTS),
    locale,
    country: country.optional(),
    limit: z.number().int().min(1).max(MAX_RECOMMENDATIONS),
  }),
  answer: z.object({
    fallback: z.enum(['none', 'partial', 'popular']),
    modelVersion: z.string(),
    catalogueVersion: z.number().int(),
    items: z.array(recommendedItem).readonly(),
  }),
});
