const SIDES = ['known', 'unknown'] as const;

/** The median time that `ask` takes for `known`, divided by that for `unknown`. */
export async function timeRatio(
  tries: number,
  ask: (side: (typeof SIDES)[number], turn: number) => Promise<unknown>,
): Promise<number> {
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let turn = 0; turn < tries; turn++) {
    // In turns, so that whatever else the machine does meets both.
    for (const side of turn % 2 ? SIDES : SIDES.toReversed()) {
      const startedAt = performance.now();
      await ask(side, turn);
      times[side].push(performance.now() - startedAt);
    }
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  return median(times.known) / median(times.unknown);
}
