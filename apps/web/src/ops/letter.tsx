import { useState } from 'preact/hooks';
import { useLanguage } from '../texts/language.js';
import type { Operator } from './operator.js';
import type { DeadLetter, DeadLetterDetail } from './types.js';
import { useAction } from '../action/use-action.js';

interface Props {
  readonly letter: DeadLetter;
  readonly operator: Operator;
  readonly busy: boolean;
  readonly onReplay: () => void;
}

const STACK = 'exception-stack';

/** One dead letter; its headers, body and stack are fetched when it is opened. */
export function Letter({ letter, operator, busy, onReplay }: Props) {
  const { texts, locale } = useLanguage();
  const t = texts.ops;
  const [detail, setDetail] = useState<DeadLetterDetail>();
  const { told, act } = useAction();
  const open = () =>
    act(async () => {
      setDetail(await operator.get<DeadLetterDetail>(`dead-letters/${letter.id}`));
    });
  return (
    <li>
      <details onToggle={(event) => event.currentTarget.open && !detail && open()}>
        <summary>
          <span class="reason">{letter.reason}</span>
          <code>{letter.queue}</code>
          <span class="message">{letter.exceptionMessage || letter.type}</span>
          {letter.deadLetteredAt && (
            <time dateTime={letter.deadLetteredAt}>
              {new Date(letter.deadLetteredAt).toLocaleString(locale, {
                dateStyle: 'short',
                timeStyle: 'medium',
              })}
            </time>
          )}
        </summary>
        <p role="status">{told}</p>
        {detail && (
          <div class="detail">
            <h3>{t.headers}</h3>
            <dl>
              {Object.entries(detail.headers)
                .filter(([name]) => name !== STACK)
                .map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                  </div>
                ))}
            </dl>
            <h3>{t.body}</h3>
            <pre tabIndex={0}>{pretty(detail.body)}</pre>
            {typeof detail.headers[STACK] === 'string' && (
              <>
                <h3>{t.stack}</h3>
                <pre tabIndex={0}>{detail.headers[STACK]}</pre>
              </>
            )}
          </div>
        )}
      </details>
      <button class="small" type="button" disabled={busy} onClick={onReplay}>
        {t.replay}
      </button>
    </li>
  );
}

/** Indented when it is JSON, else as it came. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
