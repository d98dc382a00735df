import { features } from '#libs/contracts';
import { defineConfig } from '#libs/service-defaults';
import { z } from 'zod';

const onOff = z.enum(['on', 'off']).default('off');

/** What every process of one installation has alike, but for `RELAY`. */
export class UsherConfig extends defineConfig({
  /** Which features there are; without one, none of its queues, steps and routes. */
  FEATURES: features,
  /** Whether a worker publishes what is in the outbox and promotes what is due, as the API does in any case. */
  RELAY: onOff,
  /** Lets `usher clock advance` move the clock by which deadlines are decided: for tests and demonstrations. */
  USHER_TIME_TRAVEL: onOff.refine(
    (value) => value === 'off' || process.env['NODE_ENV'] !== 'production',
    { message: 'is refused with NODE_ENV=production' },
  ),
}) {}
