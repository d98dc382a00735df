import type { Place } from './answer.js';
import type { Clock } from './clock.js';
import type { Progress } from './progress.js';
import type { Ticket, Tickets } from './tickets.js';

/** The shortest wait for a turn: by then those at the door have been hashed. */
export const SHORTEST_MS = 1_000;
/** How far apart those are who find no place at the door. */
const SPREAD_MS = 1_000;

/** Computes the turn of a ticket, and the answer to its owner. */
export class Turns {
  private soonAfterMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
    private readonly progress: Progress,
  ) {}

  /** Its turn is now, or so soon: as it says, or because the line went faster. */
  isDue({ number, turn }: Ticket, earlyMs: number): boolean {
    if (turn <= this.clock.now() + earlyMs) return true;
    return number > 0 && this.progress.waitMs(number) <= earlyMs;
  }

  /** The ticket with the turn that it has by now. */
  renewed(ticket: Ticket): Ticket {
    const now = this.clock.now();
    const { number, turn } = ticket;
    const due = number > 0 ? now + this.progress.waitMs(number) : turn;
    return this.seen(ticket, Math.round(due > now + SHORTEST_MS ? due : this.nextSoon(now)));
  }

  placeOf(ticket: Ticket): Place {
    const { number, turn } = ticket;
    const waitMs = Math.max(0, turn - this.clock.now());
    const before = (waitMs / 1_000) * this.progress.ratePerSecond;
    return {
      place: number > 0 ? this.progress.placeOf(number) : Math.max(1, Math.ceil(before)),
      turn,
      waitMs,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
      ticket: this.tickets.write(ticket),
    };
  }

  /** The place of one who may come now. */
  atTurn(ticket: Ticket): Place {
    const turn = Math.min(ticket.turn, this.clock.now());
    return { ...this.placeOf(this.seen(ticket, turn)), place: 0 };
  }

  /** The place of one who may come in a moment. */
  soon(ticket: Ticket): Place {
    const turn = Math.round(this.clock.now() + SHORTEST_MS);
    return { ...this.placeOf(this.seen(ticket, turn)), place: 1 };
  }

  /** Those who find no place at the door come again one after the other, and not all at once. */
  private nextSoon(now: number): number {
    this.soonAfterMs = (this.soonAfterMs + 1_000 / this.progress.ownRatePerSecond) % SPREAD_MS;
    return now + SHORTEST_MS + this.soonAfterMs;
  }

  private seen(ticket: Ticket, turn: number): Ticket {
    return this.tickets.withTurn({ ...ticket, isSeen: true }, turn);
  }
}
