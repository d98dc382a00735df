import { ChallengeDesk } from './challenge-desk.js';
import { Challenges } from './challenges.js';
import { TicketChallenge } from './ticket-challenge.js';

/** Every solution but `wrong` solves the challenge of its own name. */
class TestChallenges extends Challenges {
  async create() {
    return {};
  }

  async check(solution: string) {
    return solution === 'wrong' ? undefined : { id: solution, expiresAt: new Date() };
  }
}

describe('a ticket that costs a challenge', () => {
  let price: TicketChallenge;
  let given: number;
  beforeEach(() => {
    price = new TicketChallenge(new ChallengeDesk(new TestChallenges()));
    given = 0;
  });

  const pay = (solution: string | undefined, isFull = false) =>
    price.pay(solution, () => {
      if (!isFull) given++;
      return !isFull;
    });

  it('is given once for a solution', async () => {
    await pay('solved');
    await expect(pay('solved')).rejects.toMatchObject({ code: 'invalid_challenge' });
    await pay('another');
    expect(given).toBe(2);
  });

  it('is not given without one, or for a wrong one', async () => {
    await expect(pay(undefined)).rejects.toMatchObject({ code: 'challenge_required' });
    await expect(pay('wrong')).rejects.toMatchObject({ code: 'invalid_challenge' });
    expect(given).toBe(0);
  });

  it('leaves the solution good when there is none to give', async () => {
    await pay('solved', true);
    await pay('solved');
    expect(given).toBe(1);
  });
});
