/** How much relevance counts against being different from what is chosen already. */
const LAMBDA = 0.7;

/**
 * Chooses `limit` of the candidates, given best first, by maximal marginal relevance (Carbonell and
 * Goldstein, SIGIR 1998): each time the one that is relevant and unlike those chosen before. Relevance is the
 * score, scaled to the span of the candidates; likeness is the overlap of tags (Jaccard).
 */
export function diversify<C extends { readonly score: number }>(
  candidates: readonly C[],
  limit: number,
  tagsOf: (candidate: C) => readonly string[],
): C[] {
  const best = candidates[0]?.score ?? 0;
  const span = best - (candidates.at(-1)?.score ?? 0) || 1;
  const open = candidates.map((candidate) => ({
    candidate,
    tags: new Set(tagsOf(candidate)),
    relevance: 1 - (best - candidate.score) / span,
    likeness: 0,
  }));
  const chosen: C[] = [];
  while (chosen.length < limit && open.length > 0) {
    let next = 0;
    open.forEach((each, i) => {
      if (marginal(each) > marginal(open[next]!)) next = i;
    });
    const [{ candidate, tags }] = open.splice(next, 1) as [(typeof open)[number]];
    chosen.push(candidate);
    for (const each of open) each.likeness = Math.max(each.likeness, overlap(each.tags, tags));
  }
  return chosen;
}

const marginal = ({ relevance, likeness }: { relevance: number; likeness: number }) =>
  LAMBDA * relevance - (1 - LAMBDA) * likeness;

/** Two items without tags are not alike: nothing is known of them. */
export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const tag of a) if (b.has(tag)) common++;
  return common === 0 ? 0 : common / (a.size + b.size - common);
}
