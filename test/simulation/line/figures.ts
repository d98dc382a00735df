import { percentile } from '../../support/percentiles.js';
import type { Behaviour, Person } from './person.js';

/** Where many come from. */
export const ONE_NETWORK = 'one';

export interface Figures {
  readonly people: number;
  /** Who does not leave. */
  readonly stay: number;
  readonly finish: number;
  /** When the last one had finished, by what the instances could have done. */
  readonly lastToIdeal: number;
  readonly lastSeconds: number;
  /** Of those who follow the protocol. */
  readonly postsEach: number;
  /** 99th percentile of how far anybody is served from their place, as a share of the line. */
  readonly orderError: number;
  /** Median, as a share of the wait. */
  readonly firstTurnError: number;
  /** Median waits by that of `page`. */
  readonly retryAfterToPage: number;
  readonly hammersToPage: number;
  /** When the last one had finished who does not come from the network of many, as if only they had come. */
  readonly elsewhereToIdeal: number;
}

export function figuresOf(
  people: readonly Person[],
  start: number,
  idealMs: (hashes: number) => number,
): Figures {
  const served = people.filter(({ doneAt }) => doneAt !== undefined);
  const stay = people.filter(({ behaviour }) => behaviour !== 'leaves');
  const pages = served.filter(({ behaviour }) => behaviour === 'page');
  const lastOf = (some: readonly Person[]) =>
    some.reduce((latest, { doneAt }) => Math.max(latest, doneAt!), start) - start;
  const last = lastOf(served);
  const elsewhere = served.filter(({ network }) => network !== ONE_NETWORK);
  const medianWait = (...of: Behaviour[]) =>
    percentile(served.filter(({ behaviour }) => of.includes(behaviour)).map(waitOf), 0.5);
  const turnErrors = pages
    .filter(({ firstTurn }) => firstTurn !== undefined)
    .map((person) => Math.abs(person.begunAt! - person.firstTurn!) / waitOf(person));
  return {
    people: people.length,
    stay: stay.length,
    finish: stay.filter(({ doneAt }) => doneAt !== undefined).length,
    lastToIdeal: last / idealMs(served.length),
    lastSeconds: last / 1_000,
    postsEach: pages.reduce((sum, { posts }) => sum + posts, 0) / pages.length,
    orderError: percentile(displacements(served), 0.99) / served.length,
    firstTurnError: percentile(turnErrors, 0.5),
    retryAfterToPage: medianWait('retry-after') / medianWait('page'),
    hammersToPage: medianWait('hammers', 'hammers-blindly') / medianWait('page'),
    elsewhereToIdeal:
      elsewhere.length === served.length ? NaN : lastOf(elsewhere) / idealMs(elsewhere.length),
  };
}

const waitOf = ({ begunAt, arrival }: Person) => begunAt! - arrival;

/** How many places each was served before or after their own. */
function displacements(served: readonly Person[]): number[] {
  const byTurn = served.toSorted((a, b) => a.begunAt! - b.begunAt!);
  const places = new Map(
    served.toSorted((a, b) => a.arrival - b.arrival).map((person, place) => [person, place]),
  );
  return byTurn.map((person, place) => Math.abs(place - places.get(person)!));
}
