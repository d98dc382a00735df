import type { Rate } from '#libs/service-defaults';
import type { Behaviour } from './person.js';

export type Balancing = 'round robin' | 'random' | 'sticky';

export interface Scenario {
  readonly name: string;
  readonly people: number;
  readonly arrivalsPerSecond: number;
  /** The rest is `page`. */
  readonly shares: Partial<Record<Behaviour, number>>;
  /** How fast each instance is, in shares of the whole. */
  readonly instances: readonly number[];
  readonly balancing: Balancing;
  /** All instances together. */
  readonly hashesPerSecond: number;
  /** A line's first guess of its rate, as a share of the right one. */
  readonly guess: number;
  readonly logInsPerSecond: number;
  readonly lineLimitMs: number;
  /** Sign-ups that may wait at the door of one instance. */
  readonly doorLimit: number;
  /** Hashes of one instance at the same time. */
  readonly concurrency: number;
  /** How many come from one network, in shares of the whole; all others have one of their own. */
  readonly oneNetwork: number;
  /** Of each network. */
  readonly signUpRate: Rate | 'off';
  /** What happens to an instance, and when; the last one of `instances` for `joins`. */
  readonly event:
    { readonly what: 'joins' | 'restarts' | 'dies'; readonly atMs: number } | undefined;
  readonly hasDatabase: boolean;
}
