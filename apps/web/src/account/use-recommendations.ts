import { useEffect, useState } from 'preact/hooks';
import type { RecommendationList } from '../api/types.js';
import { useAccount } from '../session/session.js';

const LOOK_AGAIN_MS = 1_000;
const LOOKS = 15;

/** Whether another list is on its way: it is looked for, or was for long enough. */
type Awaited = 'no' | 'soon' | 'late';

/**
 * The list, read anew with every `version`; after `expectAnother` it is read until it is another one, which
 * the worker makes in its own time.
 */
export function useRecommendations(version: number) {
  const { ask } = useAccount();
  const [list, setList] = useState<RecommendationList>();
  const [awaited, setAwaited] = useState<Awaited>('no');
  const [round, setRound] = useState(0);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const read = async (looks: number) => {
      // What cannot be read now leaves what is shown.
      const answer = ask<RecommendationList>('GET', '/v1/me/recommendations');
      const next = await answer.catch(() => undefined);
      if (over) return;
      if (next) setList(next);
      if (looks === 0) return;
      if (next && !isSame(next, list)) setAwaited('no');
      else if (looks === 1) setAwaited('late');
      else timer = setTimeout(() => void read(looks - 1), LOOK_AGAIN_MS);
    };
    void read(awaited === 'soon' ? LOOKS : 0);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [version, round]);

  const expectAnother = () => {
    setAwaited('soon');
    setRound(round + 1);
  };
  return { list, awaited, expectAnother };
}

const isSame = (a: RecommendationList, b: RecommendationList | undefined) =>
  JSON.stringify([a.fallback, a.items]) === JSON.stringify([b?.fallback, b?.items]);
