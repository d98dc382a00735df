import { Problem, type PlaceInLine } from '../../api/problem.js';

/** Where somebody stands in the line. */
export interface Place {
  /** From 1; undefined when the line is too long for one more. */
  readonly place: number | undefined;
  /** By the clock of `performance.now()`. */
  readonly turnAt: number;
}

export interface LineOptions {
  /** The ticket of the first attempt, such as from before a reload. */
  readonly ticket: string | undefined;
  /** Sends the sign-up, with a ticket where there is one. @throws Problem */
  readonly signUp: (ticket: string | undefined) => Promise<void>;
  /** Where a ticket stands now; undefined when it is good for nothing. @throws Problem */
  readonly look: (ticket: string) => Promise<PlaceInLine | undefined>;
  /** The ticket to keep from now on; none when it is spent, or good for nothing. */
  readonly onTicket: (ticket: string | undefined) => void;
  readonly onPlace: (place: Place) => void;
  /** Waits so long, or less when there is a reason to look sooner. @throws when the person leaves the line */
  readonly wait: (ms: number) => Promise<void>;
  readonly random?: () => number;
}

/** Who is in line looks at its place at half of its wait, and not more often than this. */
const LOOK_MS = 15_000;
/** When to come again after a connection that failed. */
const AGAIN_MS = { least: 1_000, most: 10_000 };
const FULL_MS = 60_000;

/**
 * Waits in the line, and signs up at the turn.
 * @param problem what the first attempt was answered
 * @throws Problem what is answered to the sign-up at last; the ticket stays good for another attempt then
 */
export async function throughTheLine(problem: Problem, options: LineOptions): Promise<void> {
  const { signUp, onTicket, onPlace, wait, random = Math.random } = options;
  let { ticket } = options;
  const keep = (next: string | undefined) => onTicket((ticket = next));
  for (let error = problem; ;) {
    const { code, inLine, retryAfterSeconds } = error;
    if (code === 'overloaded' && inLine) {
      keep(inLine.ticket);
      keep(await untilTurn(inLine, options));
    } else if (code === 'overloaded') {
      const waitMs = retryAfterSeconds ? retryAfterSeconds * 1_000 : FULL_MS;
      const end = performance.now() + waitMs;
      onPlace({ place: undefined, turnAt: end });
      // To come sooner is of no use, whatever the reason: there is no place.
      for (let left = waitMs; left > 0; left = end - performance.now()) await wait(left);
    } else if (['network', 'unavailable'].includes(code) && ticket !== undefined) {
      await wait(AGAIN_MS.least + random() * (AGAIN_MS.most - AGAIN_MS.least));
    } else {
      throw error;
    }
    try {
      await signUp(ticket);
      return keep(undefined);
    } catch (next) {
      if (!(next instanceof Problem)) throw next;
      error = next;
    }
  }
}

/** Waits for the turn, which may come sooner or later than was said at first; answers the ticket as it is then. */
async function untilTurn(
  first: PlaceInLine,
  { look, onTicket, onPlace, wait }: LineOptions,
): Promise<string | undefined> {
  let { ticket, waitMs, place } = first;
  let turnAt = performance.now() + waitMs;
  for (;;) {
    onPlace({ place, turnAt });
    const left = turnAt - performance.now();
    const untilLook = Math.max(LOOK_MS, left / 2);
    if (untilLook >= left) {
      await wait(Math.max(0, left));
      if (turnAt - performance.now() <= 0) return ticket;
    } else {
      await wait(untilLook);
    }
    const found = await lookOrGoOn(look, ticket);
    if (found === 'unreachable') continue;
    if (!found) return undefined;
    ({ ticket, waitMs, place } = found);
    onTicket(ticket);
    turnAt = performance.now() + waitMs;
    if (place === 0) return ticket;
  }
}

async function lookOrGoOn(look: LineOptions['look'], ticket: string) {
  try {
    return await look(ticket);
  } catch (error) {
    // The last known turn still counts.
    if (error instanceof Problem) return 'unreachable';
    throw error;
  }
}
