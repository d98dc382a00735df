import { useState } from 'preact/hooks';
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
}

/** What follows a sign-up, as it happens: first the sign-up itself, then one bar a step, all on one scale. */
export function Timeline({ user, savedMs, onStepDone }: Props) {
  const { texts, locale } = useLanguage();
  const [timeline, setTimeline] = useState<State>([]);
  const [over, setOver] = useState(false);
  const lost = useEvents(over ? undefined : '/v1/me/onboarding/stream', {
    step: (step: Step) => {
      setTimeline((before) => withStep(before, step));
      if (step.status === 'done') onStepDone(step.name);
    },
    complete: () => setOver(true),
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
            text={stepText(step, t)}
            bar={[saved / scale, (saved + (step.latencyMs ?? elapsed)) / scale]}
          />
        ))}
      </ol>
      <p class="hidden" aria-live="polite">
        {timeline
          .filter(({ status }) => status !== 'pending')
          .map((step) => t.announcement(t.names[step.name] ?? step.name, statusText(step, t)))
          .join('')}
      </p>
    </section>
  );
}

/** What a step took; one that is given up takes no more. */
function timeOf(step: Step, elapsed: number, locale: string): string {
  const milliseconds = step.latencyMs ?? (isOpen(step) ? elapsed : undefined);
  return milliseconds === undefined ? '' : formatLatency(milliseconds, locale);
}

function stepText({ name, status, attempts, problem }: Step, t: Texts['timeline']): string {
  if (status === 'done') return t.doneText[name] ?? t.status.done;
  if (!problem) return t.status[status];
  return [statusText({ status, problem }, t), attempts > 0 && t.attempts(attempts), t.trouble[name]]
    .filter(Boolean)
    .join(' · ');
}

/** The reason is more exact than the status. */
function statusText({ status, problem }: Pick<Step, 'status' | 'problem'>, t: Texts['timeline']) {
  return (problem && t.problem[problem.code]) ?? t.status[status];
}

function summary(timeline: State, t: Texts['timeline']): string {
  if (isComplete(timeline)) return t.complete;
  if (timeline.some(({ status }) => status === 'failed')) return t.stuck;
  return t.running;
}
