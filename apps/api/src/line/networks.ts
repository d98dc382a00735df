import type { Rate } from '#libs/service-defaults';
import { GivenTickets, type GivenTicket } from './given-tickets.js';
import { RecentlyUsed } from './recently-used.js';
import type { Seen } from './seen.js';
import { expiryOf, type Ticket } from './tickets.js';

/** Networks that are remembered; then the one not heard of for longest is forgotten. */
export const MAX_NETWORKS = 100_000;

/**
 * With more open tickets than this, newcomers come all the time. A request without a ticket then counts as a return
 * only if the ticket is late; otherwise newcomers would take the turns of the owners.
 */
const CROWD = { tickets: 8, lateMs: 1_500 };

/** What is remembered of client networks: when the next sign-up may have its turn, and tickets not shown again. */
export class Networks {
  private readonly slots: RecentlyUsed;
  /** When a network has used up nothing of its rate: the theoretical arrival time of GCRA. */
  private readonly rested: Float64Array;
  private readonly tickets: GivenTickets;

  /** @param limit sign-ups of one network */
  constructor(
    private readonly limit: Rate | 'off',
    seen: Seen,
    most = MAX_NETWORKS,
  ) {
    this.slots = new RecentlyUsed(most);
    this.rested = new Float64Array(most);
    this.tickets = new GivenTickets(most, seen);
  }

  /** The earliest turn of one more sign-up, at `turn` or later. */
  earliest(network: string, turn: number): number {
    const slot = this.slots.find(network);
    if (this.limit === 'off' || slot === undefined) return turn;
    const { count, perMs } = this.limit;
    return Math.max(turn, this.rested[slot]! - (perMs * (count - 1)) / count);
  }

  /** Counts a sign-up that has its turn then. */
  count(network: string, turn: number): void {
    if (this.limit === 'off') return;
    const slot = this.slotOf(network);
    const { count, perMs } = this.limit;
    this.rested[slot] = Math.max(this.rested[slot]!, turn) + perMs / count;
  }

  /** It got a ticket. */
  gave(network: string, ticket: Ticket): void {
    this.tickets.add(this.slotOf(network), ticket);
  }

  /** The ticket that a request without one may return with: the first of its network that has its turn. */
  due(network: string, now: number): GivenTicket | undefined {
    const slot = this.slots.find(network);
    if (slot === undefined) return undefined;
    const lateMs = this.tickets.count(slot) > CROWD.tickets ? CROWD.lateMs : 0;
    const isExpired = ({ arrival, turn }: GivenTicket) => expiryOf(arrival, turn) <= now;
    for (;;) {
      const found = this.tickets.find(
        slot,
        (ticket) => isExpired(ticket) || ticket.turn + lateMs <= now,
      );
      if (!found || !isExpired(found)) return found;
      this.tickets.remove(slot, found);
    }
  }

  /** A request returned with what was due. */
  tookDue(network: string, due: GivenTicket): void {
    this.tickets.remove(this.slotOf(network), due);
  }

  /** What was due has another turn. */
  postponeDue(due: GivenTicket, turn: number): void {
    this.tickets.postpone(due, turn);
  }

  private slotOf(network: string): number {
    const found = this.slots.find(network);
    if (found !== undefined) return found;
    const slot = this.slots.add(network);
    this.rested[slot] = 0;
    this.tickets.clear(slot);
    return slot;
  }
}
