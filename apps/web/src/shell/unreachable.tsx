import type { Problem } from '../api/problem.js';
import { useLanguage } from '../texts/language.js';
import { problemText } from '../texts/problem-text.js';

/** Instead of a page about which nothing can be known now. */
export function Unreachable({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const { texts, locale } = useLanguage();
  return (
    <div class="centre">
      <section class="card" role="alert">
        <p class="lead">{problemText(texts, problem, locale)}</p>
        <button class="primary" type="button" onClick={onRetry}>
          {texts.retry}
        </button>
      </section>
    </div>
  );
}
