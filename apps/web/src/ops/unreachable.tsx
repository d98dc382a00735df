import { useLanguage } from '../texts/language.js';

/** Says of which consumers the broker cannot say now what their queues hold; nothing when there is none. */
export function Unreachable({ consumers }: { consumers: readonly string[] }) {
  const { texts } = useLanguage();
  if (consumers.length === 0) return null;
  return (
    <p class="hint" role="alert">
      {texts.ops.unreachable} <code>{consumers.join(', ')}</code>
    </p>
  );
}
