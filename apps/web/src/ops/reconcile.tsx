import { useState } from 'preact/hooks';
import { useLanguage } from '../texts/language.js';
import { roughDuration } from '../time/durations.js';
import type { Operator } from './operator.js';
import type { ReconciliationReport } from './types.js';
import { Unreachable } from './unreachable.js';
import { useAction } from '../action/use-action.js';

/** What `olderThan` may be, and how many milliseconds that is. */
const AGES = [
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['0s', 0],
] as const;

/** Looks for deliveries that are missing, and sends them again. */
export function ReconcilePanel({ operator }: { operator: Operator }) {
  const { texts, locale } = useLanguage();
  const t = texts.ops;
  const [olderThan, setOlderThan] = useState<string>(AGES[0][0]);
  const [report, setReport] = useState<ReconciliationReport>();
  const { told, busy, act } = useAction();

  const look = () =>
    act(async () => {
      const found = await operator.get<ReconciliationReport>(`reconcile?olderThan=${olderThan}`);
      setReport(found);
      const { length } = found.missing;
      const isAllKnown = !found.unreachable;
      return ({ ops }) => (length === 0 && isAllKnown ? ops.nothingMissing : ops.missing(length));
    });
  const resend = () =>
    act(async () => {
      const done = await operator.post<ReconciliationReport>('reconcile', { olderThan });
      setReport({ ...done, missing: [] });
      return ({ ops }) => ops.resent(done.resent);
    });

  return (
    <section class="panel" aria-labelledby="reconcile-heading" aria-busy={busy}>
      <h2 id="reconcile-heading">{t.reconcile}</h2>
      <p class="hint">{t.reconcileText}</p>
      <div class="filters">
        <label class="filter">
          <span>{t.olderThan}</span>
          <select value={olderThan} onChange={(event) => setOlderThan(event.currentTarget.value)}>
            {AGES.map(([value, milliseconds]) => (
              <option key={value} value={value}>
                {milliseconds === 0 ? t.rightNow : t.ago(roughDuration(milliseconds, locale))}
              </option>
            ))}
          </select>
        </label>
        <button class="small" type="button" disabled={busy} onClick={look}>
          {t.look}
        </button>
        {report && report.missing.length > 0 && (
          <button class="small" type="button" disabled={busy} onClick={resend}>
            {t.resend}
          </button>
        )}
      </div>
      <p class="state" role="status">
        {told}
      </p>
      <Unreachable consumers={report?.unreachable ?? []} />
      {report && (
        <ul class="stuck">
          {report.missing.map(({ consumer, eventId, occurredAt }) => (
            <li key={consumer + eventId}>
              <code>{consumer}</code> {eventId} · {new Date(occurredAt).toLocaleString(locale)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
