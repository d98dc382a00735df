import { useEffect, useRef, useState } from 'preact/hooks';
import { useLanguage } from '../../texts/language.js';
import { waitingTime } from '../../time/durations.js';
import type { Place } from './through-the-line.js';

const TICK_MS = 250;
/** A screen reader says where one stands not more often than this. */
const ANNOUNCE_MS = 15_000;

interface Props {
  readonly place: Place;
  readonly onLeave: () => void;
}

/** Shows the place in the line and the time left. */
export function PlacePanel({ place, onLeave }: Props) {
  const { texts, locale } = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  const [now, setNow] = useState(performance.now());
  const begun = useRef({ at: now, place: place.place ?? 0, turnAt: place.turnAt });
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const left = Math.max(0, place.turnAt - now);
  const whole = Math.max(1, now - begun.current.at + left);
  const share = Math.min(1, (now - begun.current.at) / whole);
  const inFront = peopleInFront(place, left, begun.current);
  const t = texts.line;
  const time = waitingTime(left, locale);
  const sentence =
    inFront === undefined ? t.full(time) : left === 0 ? t.atTurn : t.sentence(inFront, time);
  return (
    <div class="place">
      <h2 tabIndex={-1} ref={heading}>
        {inFront === undefined ? t.fullHeading : t.heading}
      </h2>
      <p class="lead">{t.text}</p>
      {inFront !== undefined && (
        <dl aria-hidden="true">
          <div>
            <dt>{t.place}</dt>
            <dd>{inFront.toLocaleString(locale)}</dd>
          </div>
          <div>
            <dt>{t.time}</dt>
            <dd>{left === 0 ? t.now : time}</dd>
          </div>
        </dl>
      )}
      {inFront === undefined && <p>{sentence}</p>}
      <div
        class="way"
        role="progressbar"
        aria-label={t.heading}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span style={{ transform: `scaleX(${share})` }} />
      </div>
      <Announcement sentence={sentence} />
      <button class="quiet" type="button" onClick={onLeave}>
        {t.leave}
      </button>
    </div>
  );
}

/** Counts the last known place down with the time, because the line moves between two questions. */
function peopleInFront(
  { place }: Place,
  left: number,
  begun: { readonly at: number; readonly place: number; readonly turnAt: number },
): number | undefined {
  if (place === undefined) return undefined;
  const whole = begun.turnAt - begun.at;
  const byTime = whole > 0 ? Math.ceil((begun.place * left) / whole) : place;
  return Math.max(1, Math.min(place, byTime));
}

function Announcement({ sentence }: { readonly sentence: string }) {
  const latest = useRef(sentence);
  latest.current = sentence;
  const [said, setSaid] = useState(sentence);
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="hidden" role="status">
      {said}
    </p>
  );
}
