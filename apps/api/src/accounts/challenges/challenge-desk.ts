import { Injectable } from '@nestjs/common';
import type { Sql } from '#libs/database';
import { metrics } from '@opentelemetry/api';
import { Problem } from '../../http/problem.js';
import { Challenges, type SolvedChallenge } from './challenges.js';

const outcomes = metrics.getMeter('usher.api').createCounter('usher_challenges', {
  description:
    'Challenges of sign-ups: asked for, solved by one that was accepted, or answered wrongly',
});
const OUTCOMES = ['required', 'solved', 'invalid'] as const;
for (const outcome of OUTCOMES) outcomes.add(0, { outcome });
const count = (outcome: (typeof OUTCOMES)[number]) => outcomes.add(1, { outcome });

/** Asks for challenges, and takes their solutions, each of them once. */
@Injectable()
export class ChallengeDesk {
  constructor(private readonly challenges: Challenges) {}

  /** A problem that carries a new challenge. */
  async required(): Promise<Problem> {
    count('required');
    const challenge = await this.challenges.create();
    return new Problem('challenge_required', undefined, { challenge });
  }

  invalid(): Problem {
    count('invalid');
    return new Problem('invalid_challenge', undefined, {
      errors: [
        { path: 'challenge', code: 'invalid_challenge', message: 'is wrong, spent or expired' },
      ],
    });
  }

  /** @throws Problem `invalid_challenge` */
  async check(solution: string): Promise<SolvedChallenge> {
    const solved = await this.challenges.check(solution);
    if (!solved) throw this.invalid();
    return solved;
  }

  /** Answers whether it was not spent before. */
  async spend(transaction: Sql, { id, expiresAt }: SolvedChallenge): Promise<boolean> {
    const rows = await transaction.query(
      `INSERT INTO accounts.spent_challenges (id, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id`,
      [id, expiresAt],
    );
    return rows.length > 0;
  }

  noteSolved(): void {
    count('solved');
  }
}
