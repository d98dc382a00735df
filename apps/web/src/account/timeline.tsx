import { useEffect, useState } from 'preact/hooks';
import type { Step } from '../api/types.js';
import type { Account } from '../session/account.js';
import { useLanguage } from '../texts/language.js';
import type { Texts } from '../texts/en.js';
import { formatLatency, formatMoment } from '../time/durations.js';
import { Lane } from './lane.js';
import { isComplete, isOpen, scaleMs, withStep, type Timeline as State } from './timeline-state.js';
import { useElapsed } from './use-elapsed.js';
import { useEvents } from './use-events.js';

interface Props {
  readonly user: Account;
  /** How long saving the account took, if that was just now. */
  readonly savedMs: number | undefined;
  readonly onStepDone: (name: string) => void;
  /** What is known of the way of the welcome mail. */
  readonly onDelivery: (delivery: string | undefined) => void;
}

/** What follows a sign-up, as it happens: first the sign-up itself, then one bar a step, all on one scale. */
export function Timeline({ user, savedMs, onStepDone, onDelivery }: Props) {
  const { texts, locale } = useLanguage();
  const [timeline, setTimeline] = useState<State>([]);
  const [complete, setComplete] = useState(false);
  const over = useOver(complete, timeline);
  const lost = useEvents(over ? undefined : '/v1/me/onboarding/stream', {
    step: (step: Step) => {
      setTimeline((before) => withStep(before, step));
      if (step.status === 'done') onStepDone(step.name);
      if (step.name === WELCOME) onDelivery(step.delivery);
    },
    complete: () => setComplete(true),
  });
  const elapsed = useElapsed(user.openedAt, timeline.some(isOpen));
  const saved = savedMs ?? 0;
  const scale = saved + scaleMs(timeline, elapsed);
  const t = texts.timeline;

  return (
    <section class="panel timeline" aria-labelledby="timeline-heading">
      <div class="panel-head">
        <h2 id="timeline-heading">{t.heading}</h2>
        <p class="state" role="status">
          {lost && !over ? t.offline : summary(timeline, t)}
        </p>
      </div>
      <ol>
        <Lane
          name={t.saved}
          step={{ name: 'account', status: 'done' }}
          time={savedMs ? formatLatency(savedMs, locale) : formatMoment(user.createdAt, locale)}
          text={t.savedText}
          bar={savedMs ? [0, saved / scale] : undefined}
        />
        {timeline.map((step) => (
          <Lane
            key={step.name}
            name={t.names[step.name] ?? step.name}
            step={step}
            time={timeOf(step, elapsed, locale)}
            text={stepText(step, t, user.email)}
            bar={[saved / scale, (saved + (step.latencyMs ?? elapsed)) / scale]}
          />
        ))}
      </ol>
      <p class="hidden" aria-live="polite">
        {timeline
          .filter(({ status }) => status !== 'pending')
          .map((step) =>
            t.announcement(t.names[step.name] ?? step.name, statusText(step, t, user.email)),
          )
          .join('')}
      </p>
    </section>
  );
}

const WELCOME = 'welcome-email';
/** Most mails that bounce do so within minutes. */
const WATCHED_FOR_MS = 600_000;

/** Whether nothing more is to be seen: all is done, and it is known what has become of the mail, or it has been long enough. */
function useOver(complete: boolean, timeline: State): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!complete) return undefined;
    const timer = setTimeout(() => setLate(true), WATCHED_FOR_MS);
    return () => clearTimeout(timer);
  }, [complete]);
  return complete && (late || !timeline.some(({ delivery }) => delivery === 'sent'));
}

/** What a step took; one that is given up takes no more. */
function timeOf(step: Step, elapsed: number, locale: string): string {
  const milliseconds = step.latencyMs ?? (isOpen(step) ? elapsed : undefined);
  return milliseconds === undefined ? '' : formatLatency(milliseconds, locale);
}

function stepText(step: Step, t: Texts['timeline'], email: string): string {
  const { name, status, attempts, problem } = step;
  if (status === 'done') return deliveryText(step, t, email) ?? t.doneText[name] ?? t.status.done;
  if (!problem) return t.status[status];
  return [statusText(step, t, email), attempts > 0 && t.attempts(attempts), t.trouble[name]]
    .filter(Boolean)
    .join(' · ');
}

/** Reason and delivery are more exact than the status. */
const statusText = (step: Step, t: Texts['timeline'], email: string): string =>
  (step.problem && t.problem[step.problem.code]) ??
  deliveryText(step, t, email) ??
  t.status[step.status];

/** What has become of a mail that was handed over. */
const deliveryText = ({ delivery }: Step, t: Texts['timeline'], email: string) =>
  delivery === undefined ? undefined : (t.undelivered[delivery] ?? t.delivery[delivery])?.(email);

function summary(timeline: State, t: Texts['timeline']): string {
  const undelivered = timeline.find(({ delivery }) => delivery && t.undelivered[delivery]);
  if (undelivered) return undelivered.delivery === 'bounced' ? t.bounced : t.notSent;
  if (isComplete(timeline)) return t.complete;
  if (timeline.some(({ status }) => status === 'failed')) return t.stuck;
  return t.running;
}
