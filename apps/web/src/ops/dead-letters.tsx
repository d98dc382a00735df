import { useEffect, useState } from 'preact/hooks';
import { useLanguage } from '../texts/language.js';
import type { Consumer } from './consumers.js';
import { Letter } from './letter.js';
import type { Operator } from './operator.js';
import type { DeadLetter, DeadLetterList } from './types.js';
import { Unreachable } from './unreachable.js';
import { useAction } from '../action/use-action.js';

/** One look answers no more than this for a consumer. */
const MOST_SHOWN = 1_000;

interface Props {
  readonly operator: Operator;
  /** Read again every two seconds. */
  readonly consumers: readonly Consumer[];
}

/** The events that were given up: by consumer and reason, one by one, and back to where they came from. */
export function DeadLettersPanel({ operator, consumers }: Props) {
  const { texts } = useLanguage();
  const t = texts.ops;
  const [letters, setLetters] = useState<readonly DeadLetter[]>([]);
  const [unreachable, setUnreachable] = useState<readonly string[]>([]);
  const [queue, setQueue] = useState('');
  const [reason, setReason] = useState('');
  const looking = useAction();
  const sending = useAction();
  const busy = looking.busy || sending.busy;

  const look = async () => {
    const seen = await operator.get<DeadLetterList>('dead-letters');
    setLetters(seen.items);
    setUnreachable(seen.unreachable ?? []);
  };
  // To look at the letters takes each in hand, so it is done only when their number is another one.
  const count = consumers.reduce((sum, { deadLetters }) => sum + (deadLetters ?? 0), 0);
  useEffect(() => {
    const isKnown = letters.length === count || letters.length >= MOST_SHOWN;
    if (!busy && !isKnown) looking.act(look);
  }, [consumers]);

  const replay = (which: { ids: string[] } | { queue: string }) =>
    sending.act(async () => {
      const done = await operator.post<{ replayed: string[]; unreachable?: string[] }>(
        'dead-letters/replay',
        which,
      );
      const { replayed } = done;
      setUnreachable(done.unreachable ?? []);
      setLetters((before) => before.filter(({ id }) => !replayed.includes(id)));
      return ({ ops }) => (replayed.length === 0 ? ops.gone : ops.replayed(replayed.length));
    });

  const shown = letters.filter(
    (letter) => (!queue || letter.queue === queue) && (!reason || letter.reason === reason),
  );
  const reasons = [...new Set(letters.map((letter) => letter.reason))].toSorted();
  return (
    <section class="panel letters" aria-labelledby="letters-heading" aria-busy={busy}>
      <div class="panel-head">
        <h2 id="letters-heading">{t.deadLetters}</h2>
        <p class="state" role="status">
          {sending.told || looking.told}
        </p>
      </div>
      <div class="filters">
        <Filter
          label={t.filterQueue}
          all={t.allQueues}
          options={consumers.map(({ name }) => name)}
          value={queue}
          onValue={setQueue}
        />
        <Filter
          label={t.filterReason}
          all={t.allReasons}
          options={reasons}
          value={reason}
          onValue={setReason}
        />
        {queue && !reason ? (
          <button
            class="small"
            type="button"
            disabled={sending.busy || shown.length === 0}
            onClick={() => replay({ queue })}
          >
            {t.replayAll(shown.length)}
          </button>
        ) : (
          <p class="hint">{t.chooseQueue}</p>
        )}
      </div>
      <Unreachable consumers={unreachable} />
      {shown.length === 0 && unreachable.length === 0 && <p class="hint">{t.none}</p>}
      <ul>
        {shown.map((letter) => (
          <Letter
            key={letter.id}
            letter={letter}
            operator={operator}
            busy={sending.busy}
            onReplay={() => replay({ ids: [letter.id] })}
          />
        ))}
      </ul>
    </section>
  );
}

interface FilterProps {
  readonly label: string;
  readonly all: string;
  readonly options: readonly string[];
  readonly value: string;
  readonly onValue: (value: string) => void;
}

const Filter = ({ label, all, options, value, onValue }: FilterProps) => (
  <label class="filter">
    <span>{label}</span>
    <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  </label>
);
