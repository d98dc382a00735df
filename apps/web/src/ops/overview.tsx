import { useLanguage } from '../texts/language.js';
import { formatLatency } from '../time/durations.js';
import { isUnknown, type Consumer } from './consumers.js';
import type { Outbox } from './types.js';
import { Unreachable } from './unreachable.js';

/** What waits to be published, and what waits until it is due. */
export function OutboxPanel({ outbox }: { outbox: Outbox }) {
  const { texts, locale } = useLanguage();
  const t = texts.ops;
  const { scheduled } = outbox;
  return (
    <section class="panel" aria-labelledby="outbox-heading">
      <h2 id="outbox-heading">{t.outbox}</h2>
      <p class="figure" data-alarm={outbox.stuck.length > 0}>
        <b>{outbox.pending.toLocaleString(locale)}</b> {t.pending}
      </p>
      {outbox.pending > 0 && (
        <p class="hint">
          {t.oldest} {formatLatency(outbox.oldestAgeSeconds * 1_000, locale)}
        </p>
      )}
      {outbox.stuck.length > 0 && (
        <>
          <h3>{t.stuck}</h3>
          <ul class="stuck">
            {outbox.stuck.map(({ id, type, attempts, lastError }) => (
              <li key={id}>
                <code>{type}</code> {t.attemptsSoFar(attempts)}
                {texts.space}
                {lastError}
              </li>
            ))}
          </ul>
        </>
      )}
      {scheduled && (
        <p class="figure">
          <b>{scheduled.pending.toLocaleString(locale)}</b> {t.scheduled}
        </p>
      )}
      {scheduled && scheduled.overdueSeconds > 0 && (
        <p class="hint">
          {t.overdue} {formatLatency(scheduled.overdueSeconds * 1_000, locale)}
        </p>
      )}
    </section>
  );
}

/** A name that may be broken after its dots and hyphens. */
const breakable = (name: string) =>
  name.split(/(?<=[.-])/).flatMap((part) => [part, <wbr key={part} />]);

/** Every consumer's queues. */
export function QueuesPanel({ consumers }: { consumers: readonly Consumer[] }) {
  const { texts, locale } = useLanguage();
  const t = texts.ops;
  const figure = (count: number | null) => count?.toLocaleString(locale) ?? '?';
  return (
    <section class="panel" aria-labelledby="queues-heading">
      <h2 id="queues-heading">{t.queues}</h2>
      <Unreachable consumers={consumers.filter(isUnknown).map(({ name }) => name)} />
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="queues-heading">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.consumer}</th>
              <th scope="col">{t.waiting}</th>
              <th scope="col">{t.consumers}</th>
              <th scope="col">{t.retrying}</th>
              <th scope="col">{t.dead}</th>
            </tr>
          </thead>
          <tbody>
            {consumers.map(({ name, waiting, workers, retrying, deadLetters }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{breakable(name)}</code>
                </th>
                <td data-zero={waiting === 0} data-alarm={waiting === null}>
                  {figure(waiting)}
                </td>
                <td data-alarm={!workers}>{workers === 0 ? t.noWorker : figure(workers)}</td>
                <td data-zero={retrying === 0} data-warn={retrying !== 0}>
                  {figure(retrying)}
                </td>
                <td data-zero={deadLetters === 0} data-alarm={deadLetters !== 0}>
                  {figure(deadLetters)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
