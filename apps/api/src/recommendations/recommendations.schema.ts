import { interestTag } from '#libs/contracts';
import { z } from 'zod';

const item = z.strictObject({
  itemId: z.string(),
  title: z.string(),
  url: z.string(),
  rank: z.int().min(1),
  score: z.number(),
  because: z.array(z.strictObject({ tag: interestTag, weight: z.number() })),
});

/** A list of recommendations; `computing` comes with the popular one. */
export const recommendations = z.strictObject({
  status: z.enum(['ready', 'computing']),
  fallback: z.enum(['none', 'partial', 'popular']),
  modelVersion: z.string(),
  items: z.array(item),
});
