import { PASSWORD } from '../../support/api-client.js';
import { randomName } from '../../support/random-name.js';

/** Tags of the sample catalogue, so that recommendations have something to do. */
const TAGS = ['programming', 'typescript', 'databases', 'security', 'open-source', 'electronics'];

const crowd = randomName();
let people = 0;

/** A sign-up of somebody whom nobody has seen before; all are of about the same size. */
export function newPerson() {
  const person = people++;
  const tag = (nth: number) => TAGS[(person + nth) % TAGS.length]!;
  return {
    email: `${crowd}-${person}@example.com`,
    password: PASSWORD,
    displayName: `Person ${person}`,
    interests: [tag(0), tag(1), tag(2)],
  };
}
