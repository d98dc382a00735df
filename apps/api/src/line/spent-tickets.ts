import { createHash } from 'node:crypto';
import type { Clock } from './clock.js';
import type { Ticket } from './tickets.js';

/** Tickets that are remembered at most, in two halves: the older half is forgotten as a whole. */
export const MAX_SPENT = 200_000;
const MAX_ANSWERS = 5;
const MAX_REPLAYS = 3;

/**
 * What a ticket is good for: `good` for a hash; `replay` when its hash has begun and the same request comes
 * again; `taken` while another request has it; `spent` for nothing.
 */
export type TicketUse = 'good' | 'replay' | 'taken' | 'spent';

interface Use {
  readonly expiry: number;
  isTaken: boolean;
  /** Answers that it got before its hash. */
  answers: number;
  replaysLeft: number;
  isSpent: boolean;
  keyHash: number | undefined;
}

/** Remembers tickets that were used, on this instance; of a ticket that only waits, it knows nothing. */
export class SpentTickets {
  private newer = new Map<string, Use>();
  private older = new Map<string, Use>();

  constructor(
    private readonly clock: Clock,
    private readonly most = MAX_SPENT,
  ) {}

  get size(): number {
    return this.newer.size + this.older.size;
  }

  /** A `replay` counts as one. */
  use({ id }: Ticket, idempotencyKey: string | undefined): TicketUse {
    const use = this.find(id);
    if (!use) return 'good';
    if (use.isTaken) return 'taken';
    if (!use.isSpent) return use.answers < MAX_ANSWERS ? 'good' : 'spent';
    const isSame = idempotencyKey !== undefined && use.keyHash === hashOf(idempotencyKey);
    if (!isSame || use.replaysLeft === 0) return 'spent';
    use.replaysLeft--;
    return 'replay';
  }

  /** Whether it can still be waited with. */
  isGood({ id }: Ticket): boolean {
    const use = this.find(id);
    return !use || (!use.isSpent && use.answers < MAX_ANSWERS);
  }

  /** A request has it, until it is spent or given back. */
  take({ id, expiry }: Ticket): void {
    const use = this.find(id);
    if (use) use.isTaken = true;
    else this.remember(id, { expiry, ...FRESH });
  }

  /** Its hash begins. */
  spend({ id }: Ticket, idempotencyKey: string | undefined): void {
    const use = this.find(id);
    if (!use) return;
    use.isSpent = true;
    use.isTaken = false;
    use.keyHash = idempotencyKey === undefined ? undefined : hashOf(idempotencyKey);
  }

  /** Its request ended before the hash; `answered` when that was an answer, and not a new turn. */
  giveBack({ id }: Ticket, answered: boolean): void {
    const use = this.find(id);
    if (!use || use.isSpent) return;
    use.isTaken = false;
    if (answered) use.answers++;
    else if (use.answers === 0) this.forget(id);
  }

  /** A replay was not answered. */
  giveReplayBack({ id }: Ticket): void {
    const use = this.find(id);
    if (use) use.replaysLeft++;
  }

  private find(id: string): Use | undefined {
    const use = this.newer.get(id) ?? this.older.get(id);
    return use && use.expiry > this.clock.now() ? use : undefined;
  }

  private remember(id: string, use: Use): void {
    if (this.newer.size >= this.most / 2) {
      this.older = this.newer;
      this.newer = new Map();
    }
    this.newer.set(id, use);
  }

  private forget(id: string): void {
    this.newer.delete(id);
    this.older.delete(id);
  }
}

const FRESH = {
  isTaken: true,
  answers: 0,
  replaysLeft: MAX_REPLAYS,
  isSpent: false,
  keyHash: undefined,
};

const HASH_BYTES = 6;

const hashOf = (key: string): number =>
  createHash('sha256').update(key).digest().readUIntBE(0, HASH_BYTES);
