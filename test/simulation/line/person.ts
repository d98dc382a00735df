import type { Place } from '../../../apps/api/src/line/answer.js';
import type { Events } from './events.js';
import type { Reply, Server } from './server.js';

/** `page` asks how far the line is; `retry-after` knows the header alone; `leaves` never comes back. */
export type Behaviour = 'page' | 'retry-after' | 'hammers' | 'hammers-blindly' | 'leaves';

export interface World {
  readonly events: Events;
  readonly random: () => number;
  /** The instance that a request of this person reaches. */
  reach(person: number): Server | undefined;
  finished(): void;
}

const HAMMER_MS = 500;
const LOOK_AT_MOST_EVERY_MS = 15_000;
const COME_AGAIN_MS = { least: 1_000, most: 10_000 };
const ROUND_TRIP_MS = 50;

/** Somebody who signs up, and what became of it. */
export class Person {
  posts = 0;
  arrival = NaN;
  /** When the first answer said that the turn would be. */
  firstTurn: number | undefined;
  begunAt: number | undefined;
  doneAt: number | undefined;
  private ticket: string | undefined;

  constructor(
    private readonly world: World,
    private readonly index: number,
    readonly behaviour: Behaviour,
    readonly network: string,
  ) {}

  arrive(): void {
    this.arrival = this.world.events.now();
    this.post();
  }

  private post(): void {
    this.posts++;
    const isBlind = this.behaviour === 'retry-after' || this.behaviour === 'hammers-blindly';
    const request = {
      ticket: isBlind ? undefined : this.ticket,
      idempotencyKey: undefined,
      network: this.network,
    };
    this.soon(() => {
      const server = this.world.reach(this.index);
      const reply = (what: Reply) => this.soon(() => this.hear(what));
      if (server) server.signUp(request, reply);
      else reply({ kind: 'lost' });
    });
  }

  private hear(reply: Reply): void {
    const { events, random } = this.world;
    if (reply.kind === 'done') {
      this.begunAt = reply.begunAt;
      this.doneAt = events.now();
      return this.world.finished();
    }
    if (reply.kind === 'wait') return this.wait(reply.place);
    const { least, most } = COME_AGAIN_MS;
    const waitMs =
      reply.kind === 'full' ? reply.retryAfterSeconds * 1_000 : least + random() * (most - least);
    events.after(waitMs, () => this.post());
  }

  private wait({ turn, ticket, retryAfterSeconds }: Place): void {
    const { events } = this.world;
    this.firstTurn ??= turn;
    this.ticket = ticket;
    if (this.behaviour === 'leaves') return this.world.finished();
    if (this.behaviour === 'retry-after') {
      return events.after(retryAfterSeconds * 1_000, () => this.post());
    }
    if (this.behaviour !== 'page') return events.after(HAMMER_MS, () => this.post());
    const waitMs = Math.max(0, turn - events.now());
    const lookMs = Math.max(LOOK_AT_MOST_EVERY_MS, waitMs / 2);
    if (lookMs < waitMs) events.after(lookMs, () => this.soon(() => this.look()));
    else events.after(waitMs, () => this.post());
  }

  private look(): void {
    const place = this.world.reach(this.index)?.look(this.ticket!);
    this.soon(() => {
      this.ticket = place?.ticket ?? this.ticket;
      if (place && place.place > 0) this.wait(place);
      else this.post();
    });
  }

  /** After half a round trip, more or less. */
  private soon(happen: () => void): void {
    const { events, random } = this.world;
    events.after((ROUND_TRIP_MS / 2) * (0.5 + random()), happen);
  }
}
