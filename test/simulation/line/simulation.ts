import { SeededRandom } from '../../support/seeded-random.js';
import { Events } from './events.js';
import { figuresOf, ONE_NETWORK, type Figures } from './figures.js';
import { Person, type Behaviour, type World } from './person.js';
import type { Scenario } from './scenario.js';
import { SimulatedFleet } from './fleet.js';

/** Any time; the same in every run. */
const START = Date.UTC(2026, 0, 1);
/** The instances run for so long before the crowd comes. */
const BEFORE_MS = 5_000;
const LONGEST_MS = 4 * 3_600_000;

/** Lets a crowd come, and answers what became of it. */
export function simulate(scenario: Scenario, seed: number): Figures {
  const seeded = new SeededRandom(seed);
  const random = () => seeded.next();
  const events = new Events(START);
  const fleet = new SimulatedFleet(scenario, events, random, START + BEFORE_MS);
  const { oneNetwork } = scenario;
  let left = scenario.people;
  const world: World = {
    events,
    random,
    reach: (person) => fleet.reach(person),
    finished: () => left--,
  };
  const people = Array.from(
    { length: scenario.people },
    (_, index) =>
      new Person(
        world,
        index,
        behaviourOf(scenario, random()),
        // As evenly as they come.
        Math.floor((index + 1) * oneNetwork) > Math.floor(index * oneNetwork)
          ? ONE_NETWORK
          : `${index}`,
      ),
  );
  for (const [index, person] of people.entries()) {
    const afterMs = BEFORE_MS + (index / scenario.arrivalsPerSecond) * 1_000;
    events.after(afterMs, () => person.arrive());
  }
  if (scenario.logInsPerSecond > 0) logIn(scenario, events, random, fleet);
  events.run(() => left <= 0 || events.now() > START + LONGEST_MS);
  return figuresOf(people, START + BEFORE_MS, (hashes) => fleet.idealMs(hashes));
}

function behaviourOf({ shares }: Scenario, random: number): Behaviour {
  let sum = 0;
  for (const [behaviour, share] of Object.entries(shares) as [Behaviour, number][]) {
    sum += share;
    if (random < sum) return behaviour;
  }
  return 'page';
}

/** Accounts that exist log in all the time. */
function logIn(
  { logInsPerSecond }: Scenario,
  events: Events,
  random: () => number,
  fleet: SimulatedFleet,
): void {
  const again = () => {
    fleet.reach(Math.floor(random() * 1_000))?.logIn(() => undefined);
    events.after((1_000 / logInsPerSecond) * 2 * random(), again);
  };
  again();
}
