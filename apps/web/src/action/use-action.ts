import { useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import type { Texts } from '../texts/en.js';
import { useLanguage } from '../texts/language.js';
import { problemText } from '../texts/problem-text.js';

/** What came of something, in the language of whoever reads it; undefined when there is nothing to say. */
type Outcome = ((texts: Texts) => string) | undefined;

/** One thing that a person does at a time, and what came of it in words. */
export function useAction() {
  const { texts, locale } = useLanguage();
  const [outcome, setOutcome] = useState<{ readonly value: Outcome | Problem }>();
  const [busy, setBusy] = useState(false);

  const run = async (work: () => Promise<Outcome | void>) => {
    setBusy(true);
    setOutcome(undefined);
    try {
      setOutcome({ value: (await work()) ?? undefined });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setOutcome({ value: error });
    } finally {
      setBusy(false);
    }
  };

  const value = outcome?.value;
  const failed = value instanceof Problem;
  const told = failed ? problemText(texts, value, locale) : (value?.(texts) ?? '');
  return { told, failed, busy, act: (work: () => Promise<Outcome | void>) => void run(work) };
}
