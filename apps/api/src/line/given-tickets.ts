import type { Seen } from './seen.js';
import type { Ticket } from './tickets.js';

/** Tickets that are remembered of all networks together, 36 bytes each; then the oldest is forgotten. */
export const MAX_GIVEN = 131_072;
/** Tickets of a network that are looked at for one that is due: the oldest are due first, but for those postponed. */
const MOST_LOOKS = 8;
const NONE = -1;

/** A ticket, and where it is in the ring. */
export type GivenTicket = Pick<Ticket, 'number' | 'arrival' | 'turn'> & { readonly place: number };

/**
 * Which tickets each network got and has not shown again, in a ring without an object for each: for clients
 * that keep no ticket. A network is a slot.
 */
export class GivenTickets {
  private readonly owners: Int32Array;
  private readonly next: Int32Array;
  private readonly marks: Uint32Array;
  private readonly numbers: Float64Array;
  private readonly arrivals: Float64Array;
  private readonly turns: Float64Array;
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly counts: Int32Array;
  private written = 0;

  constructor(
    slots: number,
    private readonly seen: Seen,
    private readonly most = MAX_GIVEN,
  ) {
    this.owners = new Int32Array(most);
    this.next = new Int32Array(most);
    this.marks = new Uint32Array(most);
    this.numbers = new Float64Array(most);
    this.arrivals = new Float64Array(most);
    this.turns = new Float64Array(most);
    this.first = new Int32Array(slots).fill(NONE);
    this.last = new Int32Array(slots);
    this.counts = new Int32Array(slots);
  }

  add(slot: number, { id, number, arrival, turn }: Ticket): void {
    const place = this.written++ % this.most;
    // What is overwritten is the oldest of all, so the first of its network, unless it was taken.
    if (this.written > this.most && this.first[this.owners[place]!] === place) {
      this.unlink(this.owners[place]!, NONE, place);
    }
    this.owners[place] = slot;
    this.next[place] = NONE;
    this.marks[place] = this.seen.markOf(id);
    this.numbers[place] = number;
    this.arrivals[place] = arrival;
    this.turns[place] = turn;
    if (this.first[slot] === NONE) this.first[slot] = place;
    else this.next[this.last[slot]!] = place;
    this.last[slot] = place;
    this.counts[slot]!++;
  }

  /** How many a network has not shown again, at most. */
  count(slot: number): number {
    return this.counts[slot]!;
  }

  /** The first of a network, of those that it got before all others, that was not shown again and fits. */
  find(slot: number, fits: (ticket: GivenTicket) => boolean): GivenTicket | undefined {
    let before = NONE;
    let place = this.first[slot]!;
    for (let looks = MOST_LOOKS; place !== NONE && looks > 0;) {
      const next = this.next[place]!;
      if (this.seen.has(this.marks[place]!)) {
        this.unlink(slot, before, place);
      } else {
        const ticket = this.read(place);
        if (fits(ticket)) return ticket;
        before = place;
        looks--;
      }
      place = next;
    }
    return undefined;
  }

  /** Takes one away that was found. */
  remove(slot: number, { place }: GivenTicket): void {
    let before = NONE;
    for (let each = this.first[slot]!; each !== NONE; each = this.next[each]!) {
      if (each === place) return this.unlink(slot, before, place);
      before = each;
    }
  }

  /** Gives one that was found another turn. */
  postpone({ place }: GivenTicket, turn: number): void {
    this.turns[place] = turn;
  }

  private read(place: number): GivenTicket {
    return {
      place,
      number: this.numbers[place]!,
      arrival: this.arrivals[place]!,
      turn: this.turns[place]!,
    };
  }

  private unlink(slot: number, before: number, place: number): void {
    const next = this.next[place]!;
    if (before === NONE) this.first[slot] = next;
    else this.next[before] = next;
    if (this.last[slot] === place) this.last[slot] = before;
    this.counts[slot]!--;
  }

  /** The slot is another network's now. */
  clear(slot: number): void {
    this.first[slot] = NONE;
    this.counts[slot] = 0;
  }
}
