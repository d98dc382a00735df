/** What is measured in turn, by name; each run answers with one sample. */
type Contenders = Readonly<Record<string, () => Promise<unknown>>>;

/** The samples of each contender, one a round. */
type Samples<C extends Contenders> = { [Name in keyof C]: Awaited<ReturnType<C[Name]>>[] };

/**
 * Warm-ups of each contender, which do not count; then so many rounds, every second one in the
 * opposite order, so that whatever drifts meets all of them alike.
 */
export async function measureRounds<C extends Contenders>(
  contenders: C,
  rounds: number,
  say: (line: string) => void,
  warmUps = 1,
): Promise<Samples<C>> {
  const names = Object.keys(contenders);
  for (let warmUp = 0; warmUp < warmUps; warmUp++) {
    for (const name of names) {
      say(`warm-up ${warmUp + 1} of ${warmUps}: ${name}`);
      await contenders[name]!();
    }
  }
  const samples = Object.fromEntries(names.map((name) => [name, [] as unknown[]]));
  for (let round = 0; round < rounds; round++) {
    for (const name of orderOf(names, round)) {
      say(`round ${round + 1} of ${rounds}: ${name}`);
      samples[name]!.push(await contenders[name]!());
    }
  }
  return samples as Samples<C>;
}

const orderOf = <T>(names: readonly T[], round: number): readonly T[] =>
  round % 2 ? names.toReversed() : names;
