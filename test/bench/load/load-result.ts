/** What became of the requests of one load. */
export interface LoadResult {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Milliseconds, by status. */
  readonly times: Readonly<Record<number, readonly number[]>>;
}

/** Collects answers while they come. */
export class Answers {
  private readonly times: Record<number, number[]> = {};
  private readonly startedAt = performance.now();

  add(status: number, milliseconds: number): void {
    (this.times[status] ??= []).push(milliseconds);
  }

  end(): LoadResult {
    return { seconds: (performance.now() - this.startedAt) / 1_000, times: this.times };
  }
}

/** The times of these answers. @throws Error when there were others, which no figure may hide */
export function onlyAnswers(status: number, { times }: LoadResult): readonly number[] {
  const others = Object.entries(times).filter(([each]) => Number(each) !== status);
  if (others.length > 0) {
    const counts = others.map(([each, { length }]) => `${length} × ${each}`).join(', ');
    throw new Error(`expected ${status} to every request, there were ${counts}`);
  }
  return times[status] ?? [];
}
