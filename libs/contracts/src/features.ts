import { z } from 'zod';

/** What an installation may have, or not. */
export const FEATURES = ['campaigns', 'points'] as const;

/** One of {@link FEATURES}. */
export type Feature = (typeof FEATURES)[number];

const isFeature = (name: string): name is Feature => (FEATURES as readonly string[]).includes(name);

/** The features that are on, as `campaigns,points`; none unless given. */
export const features = z
  .string()
  .default('')
  .transform((text, context): readonly Feature[] => {
    const names = text.split(',').map((name) => name.trim());
    const on = names.filter((name) => name !== '');
    const unknown = on.find((name) => !isFeature(name));
    if (unknown === undefined) return FEATURES.filter((feature) => on.includes(feature));
    context.addIssue({
      code: 'custom',
      message: `expected some of ${FEATURES.join(', ')}, separated by commas`,
    });
    return z.NEVER;
  });
