import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from '../load/http-client.js';
import { newPerson } from '../load/people.js';

/**
 * How somebody waits in the line: `page` keeps to the protocol, `retry-after` knows only `Retry-After`, `hammer`
 * sends its ticket twice a second.
 */
export type Kind = 'page' | 'retry-after' | 'hammer';

/** What became of one person; times are those of `performance.now()`. */
export interface PersonRecord {
  readonly kind: Kind;
  readonly email: string;
  readonly arrivedAt: number;
  doneAt: number | undefined;
  /** Left after the first answer. */
  hasLeft: boolean;
  posts: number;
  /** When the first answer said that the turn would be. */
  firstTurnAt: number | undefined;
  /** Answers that nobody may get. */
  others: number;
}

interface InLine {
  readonly place: number;
  readonly expectedWaitSeconds: number;
  readonly ticket: string;
}

/** As the page does it. */
const LOOK_MS = 15_000;
const HAMMER_MS = 500;
/** Answers of one person that may be wrong before it gives up. */
const PATIENCE = 5;

let addresses = 0;

/** Each person comes from an address of their own, through a proxy. */
function nextAddress(): string {
  const address = addresses++;
  return `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
}

/** Signs somebody up, to the end. */
export async function signUpOne(
  client: HttpClient,
  kind: Kind,
  leaves: boolean,
): Promise<PersonRecord> {
  const person = newPerson();
  const record: PersonRecord = {
    kind,
    email: person.email,
    arrivedAt: performance.now(),
    doneAt: undefined,
    hasLeft: false,
    posts: 0,
    firstTurnAt: undefined,
    others: 0,
  };
  const headers = { 'idempotency-key': person.email, 'x-forwarded-for': nextAddress() };
  let ticket: string | undefined;
  while (record.others < PATIENCE) {
    record.posts++;
    const answer = await client.post('/v1/signups', person, {
      ...headers,
      ...(ticket !== undefined && { 'usher-ticket': ticket }),
    });
    if (answer.status === 201) {
      record.doneAt = performance.now();
      return record;
    }
    if (answer.status !== 503 || answer.retryAfter === undefined) {
      record.others++;
      await sleep(HAMMER_MS);
      continue;
    }
    const inLine = answer.ticket === undefined ? undefined : (JSON.parse(answer.body) as InLine);
    if (inLine) record.firstTurnAt ??= performance.now() + inLine.expectedWaitSeconds * 1_000;
    if (leaves) {
      record.hasLeft = true;
      return record;
    }
    if (kind === 'retry-after' || !inLine) {
      await sleep(Number(answer.retryAfter) * 1_000);
    } else if (kind === 'hammer') {
      ticket = inLine.ticket;
      await sleep(HAMMER_MS);
    } else {
      ticket = await untilTurn(client, inLine);
    }
  }
  return record;
}

/** Answers the ticket to come with; none when it is good for nothing any more. */
async function untilTurn(client: HttpClient, inLine: InLine): Promise<string | undefined> {
  let { ticket } = inLine;
  let turnAt = performance.now() + inLine.expectedWaitSeconds * 1_000;
  for (;;) {
    const left = turnAt - performance.now();
    const untilLook = Math.max(LOOK_MS, left / 2);
    await sleep(Math.max(0, Math.min(left, untilLook)));
    if (untilLook >= left) return ticket;
    const answer = await client.get('/v1/line', { 'usher-ticket': ticket });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) continue;
    const { place, expectedWaitSeconds } = JSON.parse(answer.body) as InLine;
    ticket = answer.ticket!;
    turnAt = performance.now() + expectedWaitSeconds * 1_000;
    if (place === 0) return ticket;
  }
}
