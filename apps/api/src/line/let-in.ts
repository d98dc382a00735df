import type { Pass } from './answer.js';
import type { Clock } from './clock.js';

/** A sign-up that was let in and has not reached the door after this time no longer keeps a place. */
export const ON_THE_WAY_MS = 3_000;

/** Sign-ups that were let in and whose hash has not begun. */
export class LetIn {
  /** When each was let in, the first one first. */
  private readonly onTheWay = new Map<Pass, number>();
  private readonly atTheDoor = new Set<Pass>();

  constructor(private readonly clock: Clock) {}

  /** How many places they take. */
  get count(): number {
    const now = this.clock.now();
    for (const [pass, since] of this.onTheWay) {
      if (since + ON_THE_WAY_MS > now) break;
      this.onTheWay.delete(pass);
    }
    return this.onTheWay.size + this.atTheDoor.size;
  }

  add(pass: Pass): void {
    this.onTheWay.set(pass, this.clock.now());
  }

  /** It waits for its hash now. */
  came(pass: Pass): void {
    this.onTheWay.delete(pass);
    this.atTheDoor.add(pass);
  }

  remove(pass: Pass): void {
    this.onTheWay.delete(pass);
    this.atTheDoor.delete(pass);
  }
}
