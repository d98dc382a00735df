import { Problem } from '../../api/problem.js';
import { KeptSolution } from './kept-solution.js';

const required = new Problem('challenge_required', 'no', [], undefined, undefined, { id: 'sent' });
const invalid = new Problem('invalid_challenge', 'no');

/** A person whose API answers so, one after the other. */
class Person {
  readonly sent: object[] = [];
  private readonly kept = new KeptSolution({
    fetch: async () => ({ id: 'fetched' }),
    solve: async (challenge) => {
      if (this.cannotSolve) throw new Error('no');
      return `${(challenge as { id: string }).id} ${++this.solutions}`;
    },
  });
  private solutions = 0;
  cannotSolve = false;

  signUp(...answers: (Problem | string)[]): Promise<unknown> {
    return this.kept.sendWith(async (solved) => {
      this.sent.push(solved);
      const answer = answers.shift()!;
      if (answer instanceof Problem) throw answer;
      return answer;
    });
  }
}

describe('a sign-up that may need a challenge', () => {
  let person: Person;
  beforeEach(() => void (person = new Person()));

  it('is sent without one where none is asked for', async () => {
    await expect(person.signUp('done')).resolves.toBe('done');
    expect(person.sent).toEqual([{}]);
  });

  it('is sent again with the solution of the challenge that came', async () => {
    await expect(person.signUp(required, 'done')).resolves.toBe('done');
    expect(person.sent).toEqual([{}, { challenge: 'sent 1' }]);
  });

  it('keeps the solution for another attempt, since only an account spends it', async () => {
    const overloaded = new Problem('overloaded', 'no');
    await expect(person.signUp(required, overloaded)).rejects.toBe(overloaded);
    await expect(person.signUp('done')).resolves.toBe('done');
    expect(person.sent.at(-1)).toEqual({ challenge: 'sent 1' });
  });

  it('fetches another challenge when the solution is spent or expired', async () => {
    await expect(person.signUp(required, invalid, 'done')).resolves.toBe('done');
    expect(person.sent).toEqual([{}, { challenge: 'sent 1' }, { challenge: 'fetched 2' }]);
  });

  it('ends after two solutions', async () => {
    await expect(person.signUp(invalid, invalid, invalid, 'done')).rejects.toBe(invalid);
    expect(person.sent).toHaveLength(3);
  });

  it('says when the browser cannot solve it', async () => {
    person.cannotSolve = true;
    await expect(person.signUp(required)).rejects.toMatchObject({ code: 'challenge_unsolved' });
  });

  it('ends in any other answer', async () => {
    const taken = new Problem('email_taken', 'no');
    await expect(person.signUp(taken)).rejects.toBe(taken);
  });
});
