import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';

const INTERVAL_MS = 2_000;

/** What `read` answers, read again every two seconds while the page can be seen; one read at a time. */
export function useRefreshed<T>(read: () => Promise<T>): {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
} {
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const run = async () => {
      try {
        const answer = document.hidden ? undefined : await read();
        if (over) return;
        if (answer !== undefined) setValue(answer);
        setProblem(undefined);
      } catch (error) {
        if (over) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      }
      timer = setTimeout(() => void run(), INTERVAL_MS);
    };
    void run();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
  return { value, problem };
}
