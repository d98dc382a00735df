/** A challenge that was solved, by which it is spent. */
export interface SolvedChallenge {
  readonly id: string;
  readonly expiresAt: Date;
}

/** Something that costs a program more than it is worth, and a person nothing. */
export abstract class Challenges {
  /** A new one, as the client's solver takes it. */
  abstract create(): Promise<object>;

  /** The challenge of a solution; undefined when it is wrong, altered or expired. */
  abstract check(solution: string): Promise<SolvedChallenge | undefined>;
}
