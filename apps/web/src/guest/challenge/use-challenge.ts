import { useRef, useState } from 'preact/hooks';
import { request } from '../../api/request.js';
import { KeptSolution } from './kept-solution.js';

/** Sends a sign-up with a solved challenge where the API asks for one; `isSolving` while the browser works on it. */
export function useChallenge() {
  const [isSolving, setSolving] = useState(false);
  const kept = useRef<KeptSolution>(undefined);
  kept.current ??= new KeptSolution({
    fetch: () => request<object>('GET', '/v1/challenges'),
    solve: async (challenge) => {
      setSolving(true);
      try {
        const { solve } = await import('./solve.js');
        return await solve(challenge);
      } finally {
        setSolving(false);
      }
    },
  });
  return { isSolving, kept: kept.current };
}
