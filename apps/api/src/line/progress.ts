import type { Door } from './answer.js';
import type { Clock } from './clock.js';
import { CurrentLine } from './current-line.js';
import { Fleet, type Counts, type LineRow } from './fleet.js';
import { Front } from './front.js';
import { Numbers } from './numbers.js';
import { ReturnedRatio } from './returned-ratio.js';
import { Returns } from './returns.js';
import type { Seen } from './seen.js';
import { ServiceRate } from './service-rate.js';
import type { Ticket } from './tickets.js';

/** Turns are a little early, as far as the door has places: a short wait there costs less than an idle hash slot. */
const EARLY = { share: 0.03, ms: 500 };
/** A line that begins this long after the last one ended has other people in it: the ratio starts again. */
const FORGET_MS = 60_000;

/** What the line is at, for people and metrics. */
export interface LineState {
  readonly length: number;
  readonly ratePerSecond: number;
  readonly waitSeconds: number;
  readonly returnedRatio: number;
}

/** Reckons where the line of all instances is, and when a number's turn comes. */
export class Progress {
  private readonly fleet: Fleet;
  private readonly rate: ServiceRate;
  private readonly ratio = new ReturnedRatio();
  private readonly front: Front;
  private readonly numbers: Numbers;
  private readonly startedAt: number;
  private served = 0;
  private readonly returns: Returns;
  private readonly current = new CurrentLine();
  private overSince: number | undefined;
  private beaten = { at: 0, due: 0, gone: 0 };

  constructor(
    private readonly clock: Clock,
    instance: string,
    guessPerSecond: number,
    private readonly seen: Seen,
    private readonly door: Pick<Door, 'places' | 'mostPerSecond'>,
  ) {
    this.fleet = new Fleet(clock, instance);
    this.numbers = new Numbers(clock, this.fleet);
    this.rate = new ServiceRate(clock, guessPerSecond);
    this.startedAt = clock.now();
    this.front = new Front(this.startedAt);
    this.returns = new Returns(this.startedAt);
    this.beaten.at = this.startedAt;
    this.ratio.restart(guessPerSecond);
  }

  /** Whether nobody waits for a turn. */
  get isOver(): boolean {
    this.advance();
    return this.current.isOver(this.numbers.last, this.clock.now());
  }

  /** The next number. @param atDoor sign-ups that this instance let in and that are not hashed yet */
  issue(turn: number, atDoor: number): number {
    if (this.isOver) this.open(atDoor);
    this.current.gave(turn);
    this.returns.gave(turn, this.clock.now());
    this.rate.gave();
    return this.numbers.next();
  }

  /** Notes that a ticket was shown, whatever the answer is. */
  saw({ id, number, turn, isSeen }: Ticket): void {
    const isNew = this.seen.add(this.seen.markOf(id));
    if (isNew && !isSeen && number > 0) this.returns.saw(turn, this.clock.now());
  }

  /** Until the turn of the next number, see `issue`. */
  nextWaitMs(atDoor: number): number {
    return this.isOver ? this.early(this.doorMs(atDoor)) : this.waitMs(this.numbers.last + 1);
  }

  /** Until the turn of a number. */
  waitMs(number: number): number {
    this.advance();
    const known = Math.min(number, this.numbers.last + 1);
    const ahead = Math.max(0, known - this.front.number) * this.ratio.value;
    return this.early((ahead / this.ratePerSecond) * 1_000);
  }

  /** The place of a number: the people expected before it, and itself. */
  placeOf(number: number): number {
    this.advance();
    const ahead = (number - this.front.number) * this.ratio.value;
    return Math.max(1, Math.ceil(ahead));
  }

  /**
   * After a restart without other instances, takes the position of the line from a ticket that is older than the
   * start.
   */
  learn({ number, arrival, turn }: Ticket): void {
    if (arrival >= this.startedAt || this.fleet.size > 0 || number <= this.numbers.last) return;
    this.numbers.skipTo(number);
    const wait = Math.max(0, turn - this.clock.now());
    const passed = number - (wait * this.callsPerSecond) / 1_000;
    this.front.set(Math.max(this.front.number, passed), this.clock.now());
  }

  /** A sign-up's hash begins; `othersWait` for the next one. Its number is 0 when it never waited for a turn. */
  began(number: number, isOnTime: boolean, othersWait: boolean): void {
    this.rate.began(othersWait, number > 0, this.door.mostPerSecond);
    if (number === 0) return;
    this.advance();
    this.served++;
    this.current.hash(number);
    if (isOnTime) this.front.correct(number, this.callsPerSecond, this.rate.perSecond);
  }

  /** Once a second: takes the rows of all instances, and makes this one's. */
  beat(rows: readonly LineRow[]): LineRow {
    const isAlone = this.fleet.size === 0;
    const now = this.clock.now();
    const last = this.numbers.last;
    const others = this.numbers.take(rows);
    if (isAlone && this.fleet.size > 0) this.join(rows, last);
    this.advance();
    this.current.othersHashed(others.served);
    const { due, gone } = this.counts;
    if (!this.isOver) this.overSince = undefined;
    else if (now - (this.overSince ??= now) >= FORGET_MS) this.ratio.restart(this.ratePerSecond);
    this.ratio.add(
      due - this.beaten.due + others.due,
      gone - this.beaten.gone + others.gone,
      now - this.beaten.at,
    );
    this.beaten = { at: now, due, gone };
    return {
      instance: this.fleet.instance,
      at: now,
      issued: this.numbers.given,
      ...this.counts,
      rate: this.rate.perSecond,
      tail: this.numbers.last,
    };
  }

  get state(): LineState {
    const isOver = this.isOver;
    return {
      length: isOver ? 0 : this.placeOf(this.numbers.last),
      ratePerSecond: this.ratePerSecond,
      waitSeconds: isOver ? 0 : this.waitMs(this.numbers.last + 1) / 1_000,
      returnedRatio: this.ratio.value,
    };
  }

  /** Whether so few come back that a ticket should cost more than a request. */
  get fewReturn(): boolean {
    return this.ratio.isLow;
  }

  /** Of this instance alone. */
  get ownRatePerSecond(): number {
    return this.rate.perSecond;
  }

  get ratePerSecond(): number {
    return this.rate.perSecond + this.fleet.rate;
  }

  private get counts(): Counts {
    const now = this.clock.now();
    return { served: this.served, due: this.returns.due(now), gone: this.returns.gone(now) };
  }

  private get callsPerSecond(): number {
    return this.ratePerSecond / this.ratio.value;
  }

  private advance(): void {
    const now = this.clock.now();
    const last = this.numbers.last;
    this.front.advance(now, this.callsPerSecond, last);
    this.current.moved(this.front.number, last, now);
  }

  /** The people at the door are hashed before the first number. */
  private open(atDoor: number): void {
    const { last } = this.numbers;
    this.current.begin(last);
    this.front.set(last - (this.doorMs(atDoor) * this.callsPerSecond) / 1_000, this.clock.now());
  }

  private doorMs(people: number): number {
    return (people / this.rate.perSecond) * 1_000;
  }

  private early(waitMs: number): number {
    const earlyMs = Math.min(EARLY.ms, this.doorMs(this.door.places));
    return Math.max(0, waitMs * (1 - EARLY.share) - earlyMs);
  }

  /**
   * Of an instance that starts: numbers go on after those of the others, from where their line is.
   * @param last the last number that it knew of without them
   */
  private join(rows: readonly LineRow[], last: number): void {
    const tail = Math.max(...rows.map((row) => row.tail));
    if (tail <= last && this.numbers.given > 0) return;
    this.numbers.beginAfter(tail);
    const length = this.numbers.given - this.served - this.counts.gone + this.fleet.length;
    this.front.set(this.numbers.last - Math.max(0, length), this.clock.now());
  }
}
