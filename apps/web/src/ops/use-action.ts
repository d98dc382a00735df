import { useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { problemText, useLanguage } from '../texts/language.js';

/** One thing that an operator does at a time, and what came of it in words. */
export function useAction() {
  const { texts } = useLanguage();
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    setTold('');
    try {
      setTold(await work());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setTold(problemText(texts, error));
    } finally {
      setBusy(false);
    }
  };
  return { told, busy, act: (work: () => Promise<string>) => void act(work) };
}
