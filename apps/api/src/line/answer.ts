import type { Ticket } from './tickets.js';

/** A sign-up, as far as the line is concerned. */
export interface Request {
  readonly ticket: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly network: string;
}

/** Goes with a sign-up that was let in, until `Line.began`, `displaced` or `answered`. */
export interface Pass {
  readonly request: Request;
  readonly arrival: number;
  /** None for a sign-up that never waited. */
  readonly ticket: Ticket | undefined;
  /** It came without its ticket; its network vouches for it. */
  readonly isClaimed: boolean;
  readonly isOnTime: boolean;
  isOpen: boolean;
}

/** The answer to a person who waits. */
export interface Place {
  /** From 1; 0 at the turn or after it. */
  readonly place: number;
  /** Milliseconds since 1970. */
  readonly turn: number;
  readonly waitMs: number;
  readonly retryAfterSeconds: number;
  readonly ticket: string;
}

export type Answer =
  | { readonly kind: 'let-in'; readonly pass: Pass }
  /** It had its turn: it is answered as before, without a place in the line. */
  | { readonly kind: 'replay'; readonly ticket: Ticket }
  | { readonly kind: 'wait'; readonly place: Place }
  /** Hardly anybody comes back: a place costs a solved challenge, by which `Line.enter` gives one. */
  | { readonly kind: 'costs'; readonly request: Request }
  /** The line is too long for one more. */
  | { readonly kind: 'full'; readonly retryAfterSeconds: number };

/** An answer to one who is not let in. */
export type NotYet = Extract<Answer, { kind: 'wait' | 'full' }>;

/** Where those stand whose turn it is: the hash queue. */
export interface Door {
  /** Whether there is a place for one who arrived then; `letIn` have been let in, on their way or there already. */
  admitsSignUp(arrival: number, letIn: number): boolean;
  /** Sign-ups that have a place there at most. */
  readonly places: number;
  /** Sign-ups that it can hash in a second at most, if it always has one. */
  readonly mostPerSecond: number;
}
