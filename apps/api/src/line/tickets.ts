import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.js';

/** A place in the line, carried by the one who has it. All times in milliseconds since 1970. */
export interface Ticket {
  readonly id: string;
  /** The place among all that ever were in the line; 0 when a turn was given without one. */
  readonly number: number;
  readonly arrival: number;
  readonly turn: number;
  readonly expiry: number;
  /** Whether it was seen again since it was given. */
  readonly isSeen: boolean;
}

const VERSION = 1;
const SEEN = 0x80;
const ID_BYTES = 8;
const NUMBER_BYTES = 6;
const BODY_BYTES = 1 + ID_BYTES + 4 * NUMBER_BYTES;
const TEXT = /^[A-Za-z0-9_-]{44}\.[A-Za-z0-9_-]{43}$/;
const SIGNED_CHARACTERS = 44;
const LONGEST_TEXT = 256;
const KEPT_AT_LEAST_MS = 600_000;
/** An arrival further ahead is nobody's: the clocks of two instances differ by less. */
const AHEAD_MS = 5_000;

/** A ticket is good for as long as its owner waited, and for ten minutes at least. */
export const expiryOf = (arrival: number, turn: number): number =>
  turn + Math.max(KEPT_AT_LEAST_MS, turn - arrival);

/** Writes tickets as signed text, and reads them. The text holds all that is needed to read it. */
export class Tickets {
  private readonly id = Buffer.alloc(ID_BYTES);

  /**
   * @param key derived from LINK_SIGNING_KEY for this purpose alone
   * @param random from 0 to 1; ids need not be hard to guess, for nobody can sign one
   */
  constructor(
    private readonly key: Buffer,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  create(number: number, arrival: number, turn: number): Ticket {
    return this.withTurn({ id: this.newId(), number, arrival, isSeen: false }, turn);
  }

  /** The same ticket with another turn. */
  withTurn(ticket: Omit<Ticket, 'turn' | 'expiry'>, turn: number): Ticket {
    const { id, number, arrival, isSeen } = ticket;
    return { id, number, arrival, turn, expiry: expiryOf(arrival, turn), isSeen };
  }

  /** 88 characters of `[A-Za-z0-9._-]`. */
  write(ticket: Ticket): string {
    const body = Buffer.allocUnsafe(BODY_BYTES);
    body[0] = ticket.isSeen ? VERSION | SEEN : VERSION;
    body.write(ticket.id, 1, 'base64url');
    let offset = 1 + ID_BYTES;
    for (const each of [ticket.number, ticket.arrival, ticket.turn, ticket.expiry]) {
      offset = body.writeUIntBE(Math.max(0, Math.round(each)), offset, NUMBER_BYTES);
    }
    const text = body.toString('base64url');
    return `${text}.${this.sign(text)}`;
  }

  /** Undefined for whatever this line did not write, and for what has expired. Never throws. */
  read(text: string | undefined): Ticket | undefined {
    if (text === undefined || text.length > LONGEST_TEXT || !TEXT.test(text)) return undefined;
    const signed = text.slice(0, SIGNED_CHARACTERS);
    // The signature as text: two texts may stand for the same bytes.
    const signature = Buffer.from(text.slice(SIGNED_CHARACTERS + 1));
    if (!timingSafeEqual(signature, Buffer.from(this.sign(signed)))) return undefined;
    const body = Buffer.from(signed, 'base64url');
    const head = body[0]!;
    if ((head & ~SEEN) !== VERSION) return undefined;
    const field = (index: number) =>
      body.readUIntBE(1 + ID_BYTES + index * NUMBER_BYTES, NUMBER_BYTES);
    const ticket = {
      id: body.toString('base64url', 1, 1 + ID_BYTES),
      number: field(0),
      arrival: field(1),
      turn: field(2),
      expiry: field(3),
      isSeen: (head & SEEN) !== 0,
    };
    const now = this.clock.now();
    return ticket.expiry > now && ticket.arrival <= now + AHEAD_MS ? ticket : undefined;
  }

  private newId(): string {
    for (let offset = 0; offset < ID_BYTES; offset += 4) {
      this.id.writeUInt32BE(Math.floor(this.random() * 2 ** 32), offset);
    }
    return this.id.toString('base64url');
  }

  private sign(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }
}
