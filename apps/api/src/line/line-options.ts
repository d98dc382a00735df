import type { Rate } from '#libs/service-defaults';
import type { Clock } from './clock.js';

export interface LineOptions {
  readonly clock: Clock;
  /** Names this process among all that there ever were. */
  readonly instance: string;
  /** Derived from LINK_SIGNING_KEY for tickets alone. */
  readonly key: Buffer;
  /** The longest wait that a ticket is given for. */
  readonly limitMs: number;
  /** Sign-ups of one client network. */
  readonly signUpRate: Rate | 'off';
  /** Whether a place may cost a solved challenge. */
  readonly mayCost: boolean;
  /** Sign-ups hashed in a second, before any was seen. */
  readonly guessPerSecond: number;
  /** From 0 to 1. */
  readonly random: () => number;
}
