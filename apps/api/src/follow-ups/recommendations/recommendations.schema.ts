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

const list = z.strictObject({
  fallback: z.enum(['none', 'partial', 'popular']),
  modelVersion: z.string(),
  catalogueVersion: z.int().min(0),
  items: z.array(item),
});

/** What would be recommended to somebody. */
export const recommendationsPreview = list;

/** A person's recommendations; `computing` comes with the popular list. */
export const recommendations = list.extend({ status: z.enum(['ready', 'computing']) });
