import { Problem } from '../../api/problem.js';

/** What goes into the body of a sign-up. */
export interface Solved {
  readonly challenge?: string;
}

interface Options {
  /** Asks the API for a challenge. @throws Problem */
  readonly fetch: () => Promise<object>;
  /** @throws Error when the browser cannot */
  readonly solve: (challenge: object) => Promise<string>;
}

/** A sign-up is sent again so often with another solution. */
const MAX_SOLUTIONS = 2;

/** Solves a challenge where the API asks for one, and keeps the solution until it is spent or refused. */
export class KeptSolution {
  private solution: string | undefined;

  constructor(private readonly options: Options) {}

  /** @throws Problem what is answered at last; `challenge_unsolved` when the browser cannot solve it */
  async sendWith<T>(send: (solved: Solved) => Promise<T>): Promise<T> {
    for (let solved = 0; ; solved++) {
      try {
        return await send(this.solution === undefined ? {} : { challenge: this.solution });
      } catch (error) {
        if (!(error instanceof Problem) || !isAboutChallenge(error)) throw error;
        this.solution = undefined;
        if (solved === MAX_SOLUTIONS) throw error;
        this.solution = await this.solve(error.challenge ?? (await this.options.fetch()));
      }
    }
  }

  private async solve(challenge: object): Promise<string> {
    try {
      return await this.options.solve(challenge);
    } catch (error) {
      throw new Problem('challenge_unsolved', String(error));
    }
  }
}

const isAboutChallenge = ({ code }: Problem) =>
  code === 'challenge_required' || code === 'invalid_challenge';
