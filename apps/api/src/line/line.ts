import type { Answer, Door, NotYet, Pass, Place, Request } from './answer.js';
import type { Clock } from './clock.js';
import type { LineRow } from './fleet.js';
import type { GivenTicket } from './given-tickets.js';
import { LetIn } from './let-in.js';
import type { LineOptions } from './line-options.js';
import { Networks } from './networks.js';
import { Progress, type LineState } from './progress.js';
import { Seen } from './seen.js';
import { SpentTickets } from './spent-tickets.js';
import { Tickets, type Ticket } from './tickets.js';
import { SHORTEST_MS, Turns } from './turns.js';

/** Who comes earlier gets a new turn. */
const EARLY_MS = 2_000;
/** A sign-up that comes later than this does not correct the front. */
const LATE_MS = 3_000;
/** When to come again, for those who are too many for the line. */
const FULL_SECONDS = { least: 60, most: 120 };

/** The line of those who sign up: lets a request in, or gives it a place and a turn. */
export class Line {
  private readonly clock: Clock;
  private readonly tickets: Tickets;
  private readonly spent: SpentTickets;
  private readonly networks: Networks;
  private readonly progress: Progress;
  private readonly turns: Turns;
  private readonly letIn: LetIn;

  constructor(
    private readonly options: LineOptions,
    private readonly door: Door,
  ) {
    const { clock, key, signUpRate, instance, guessPerSecond } = options;
    this.clock = clock;
    this.letIn = new LetIn(clock);
    this.tickets = new Tickets(key, clock, options.random);
    this.spent = new SpentTickets(clock);
    const seen = new Seen();
    this.networks = new Networks(signUpRate, seen);
    this.progress = new Progress(clock, instance, guessPerSecond, seen, door);
    this.turns = new Turns(clock, this.tickets, this.progress);
  }

  /** A sign-up comes. */
  ask(request: Request): Answer {
    const ticket = this.tickets.read(request.ticket);
    const use = ticket && this.spent.use(ticket, request.idempotencyKey);
    if (ticket && use === 'replay') return { kind: 'replay', ticket };
    if (ticket && use === 'good') {
      this.see(ticket);
      return this.turns.isDue(ticket, EARLY_MS) && this.admits(ticket)
        ? this.open(request, ticket, false)
        : this.wait(this.turns.renewed(ticket));
    }
    const due = this.networks.due(request.network, this.clock.now());
    return due ? this.askReturned(due, request) : this.askNew(request);
  }

  /** A sign-up that has paid for its place. */
  enter({ network }: Request): NotYet {
    return this.queue(network, this.clock.now(), false);
  }

  /** The place of a ticket, and the ticket with its present turn; undefined when it is good for nothing. */
  look(text: string): Place | undefined {
    const ticket = this.tickets.read(text);
    if (!ticket || !this.spent.isGood(ticket)) return undefined;
    this.see(ticket);
    if (this.turns.isDue(ticket, 0)) return this.turns.atTurn(ticket);
    return this.turns.placeOf(this.turns.renewed(ticket));
  }

  /** It waits for its hash. */
  came(pass: Pass): void {
    if (pass.isOpen) this.letIn.came(pass);
  }

  /** Its hash begins. @param othersWait whether another sign-up waits for a hash */
  began(pass: Pass, othersWait: boolean): void {
    if (!this.close(pass)) return;
    const { request, ticket } = pass;
    if (ticket) this.spent.spend(ticket, request.idempotencyKey);
    this.progress.began(ticket?.number ?? 0, pass.isOnTime, othersWait);
  }

  /** It was answered, or went away; once its hash has begun, nothing happens. */
  answered(pass: Pass): void {
    const { ticket, isClaimed, request } = pass;
    if (!this.close(pass) || !ticket) return;
    this.spent.giveBack(ticket, true);
    if (!isClaimed) return;
    const { number, arrival, turn } = ticket;
    this.networks.gave(request.network, this.tickets.create(number, arrival, turn));
  }

  /** The door had no place for it, or has given its place to an older one. */
  displaced(pass: Pass): NotYet {
    this.close(pass);
    const { request, ticket, isClaimed } = pass;
    if (!ticket) return this.queue(request.network, pass.arrival, true);
    this.spent.giveBack(ticket, false);
    const renewed = this.turns.renewed(ticket);
    if (!isClaimed) return this.wait(renewed);
    const { number, arrival, turn } = renewed;
    return this.give(request.network, this.tickets.create(number, arrival, turn));
  }

  /** A replay could not be answered: it may come again soon. */
  again(ticket: Ticket): Place {
    this.spent.giveReplayBack(ticket);
    return this.turns.soon(ticket);
  }

  /** Once a second: takes the rows of all instances, this one's included, and makes this one's next. */
  beat(rows: readonly LineRow[]): LineRow {
    return this.progress.beat(rows);
  }

  get state(): LineState {
    return this.progress.state;
  }

  private see(ticket: Ticket): void {
    this.progress.learn(ticket);
    this.progress.saw(ticket);
  }

  private admits({ arrival }: Pick<Ticket, 'arrival'>): boolean {
    return this.door.admitsSignUp(arrival, this.letIn.count);
  }

  /** It came without a ticket, and its network has one whose turn has come. */
  private askReturned(due: GivenTicket, request: Request): Answer {
    const { number, arrival, turn } = due;
    const ticket = this.tickets.create(number, arrival, turn);
    if (this.admits(ticket)) {
      this.networks.tookDue(request.network, due);
      this.progress.saw(ticket);
      return this.open(request, ticket, true);
    }
    const renewed = this.turns.renewed(ticket);
    this.networks.postponeDue(due, renewed.turn);
    return this.wait(renewed);
  }

  private askNew(request: Request): Answer {
    const now = this.clock.now();
    const { network } = request;
    const isFree = this.progress.isOver && this.networks.earliest(network, now) <= now;
    if (!isFree || !this.admits({ arrival: now })) {
      const costs = this.options.mayCost && this.progress.fewReturn;
      return costs ? { kind: 'costs', request } : this.queue(network, now, false);
    }
    this.networks.count(network, now);
    return this.open(request, undefined, false);
  }

  private open(request: Request, ticket: Ticket | undefined, isClaimed: boolean): Answer {
    const now = this.clock.now();
    if (ticket) this.spent.take(ticket);
    const arrival = ticket?.arrival ?? now;
    const isOnTime = !isClaimed && ticket !== undefined && now - ticket.turn <= LATE_MS;
    const pass = { request, arrival, ticket, isClaimed, isOnTime, isOpen: true };
    this.letIn.add(pass);
    return { kind: 'let-in', pass };
  }

  private close(pass: Pass): boolean {
    if (!pass.isOpen) return false;
    pass.isOpen = false;
    this.letIn.remove(pass);
    return true;
  }

  /** A place at the end. */
  private queue(network: string, arrival: number, isCounted: boolean): NotYet {
    const now = this.clock.now();
    const atDoor = this.letIn.count;
    const waitMs = this.progress.nextWaitMs(atDoor);
    const inLine = Math.round(now + Math.max(SHORTEST_MS, waitMs));
    const isSpaced = !isCounted && this.networks.earliest(network, now + waitMs) > now + waitMs;
    const turn = isSpaced ? Math.round(this.networks.earliest(network, inLine)) : inLine;
    if (turn - now > this.options.limitMs) return this.full();
    if (!isCounted) this.networks.count(network, turn);
    // Who waits only because of the own network makes no line for others.
    const number = isSpaced ? 0 : this.progress.issue(turn, atDoor);
    return this.give(network, this.tickets.create(number, arrival, turn));
  }

  private give(network: string, ticket: Ticket): NotYet {
    this.networks.gave(network, ticket);
    return this.wait(ticket);
  }

  private wait(ticket: Ticket): NotYet {
    return { kind: 'wait', place: this.turns.placeOf(ticket) };
  }

  private full(): NotYet {
    const { least, most } = FULL_SECONDS;
    const retryAfterSeconds = least + Math.floor(this.options.random() * (most - least + 1));
    return { kind: 'full', retryAfterSeconds };
  }
}
