import { Injectable } from '@nestjs/common';
import { ChallengeDesk } from './challenge-desk.js';

/** Solutions that are remembered at most, in two halves: the older half is forgotten as a whole. */
const MAX_REMEMBERED = 100_000;

/**
 * What a ticket of the line costs while hardly anybody comes back with one: a solved challenge. It stays good for the
 * sign-up at the turn. A solution is good for one ticket of this instance.
 */
@Injectable()
export class TicketChallenge {
  private newer = new Set<string>();
  private older = new Set<string>();

  constructor(private readonly desk: ChallengeDesk) {}

  /** @param give gives the ticket; false when there is none @throws Problem `challenge_required`, `invalid_challenge` */
  async pay(solution: string | undefined, give: () => boolean): Promise<void> {
    if (solution === undefined) throw await this.desk.required();
    const { id } = await this.desk.check(solution);
    if (this.newer.has(id) || this.older.has(id)) throw this.desk.invalid();
    if (!give()) return;
    this.newer.add(id);
    if (this.newer.size < MAX_REMEMBERED / 2) return;
    this.older = this.newer;
    this.newer = new Set();
  }
}
