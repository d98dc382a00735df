import { useState } from 'preact/hooks';
import type { Step, User } from '../api/types.js';
import { StatusIcon } from '../shell/icons.js';
import { useLanguage } from '../texts/language.js';
import type { Texts } from '../texts/en.js';
import { formatLatency } from '../time/durations.js';
import { isComplete, isOpen, scaleMs, withStep, type Timeline as State } from './timeline-state.js';
import { useElapsed } from './use-elapsed.js';
import { useEvents } from './use-events.js';

/** So that a step that took no time can be seen. */
const SHORTEST_BAR = 0.01;

interface Props {
  readonly user: User;
  /** How long saving the account took, if that was just now. */
  readonly savedMs: number | undefined;
  readonly onStepDone: (name: string) => void;
}

/** What follows a sign-up, as it happens: first the sign-up itself, then one bar a step, all on one scale. */
export function Timeline({ user, savedMs, onStepDone }: Props) {
  const { texts } = useLanguage();
  const [timeline, setTimeline] = useState<State>([]);
  const [over, setOver] = useState(false);
  const lost = useEvents(over ? undefined : '/v1/me/onboarding/stream', {
    step: (step: Step) => {
      setTimeline((before) => withStep(before, step));
      if (step.status === 'done') onStepDone(step.name);
    },
    complete: () => setOver(true),
  });
  const elapsed = useElapsed(Date.parse(user.createdAt), timeline.some(isOpen));
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
          step={{
            name: 'account',
            status: 'done',
            attempts: 1,
            ...(savedMs && { latencyMs: savedMs }),
          }}
          text={t.savedText}
          from={0}
          to={saved / scale}
        />
        {timeline.map((step) => (
          <Lane
            key={step.name}
            name={t.names[step.name] ?? step.name}
            step={step}
            text={stepText(step, t)}
            from={saved / scale}
            to={(saved + (step.latencyMs ?? elapsed)) / scale}
          />
        ))}
      </ol>
      <p class="hidden" aria-live="polite">
        {timeline
          .filter(({ status }) => status !== 'pending')
          .map((step) => `${t.names[step.name] ?? step.name}: ${t.status[step.status]}`)
          .join('. ')}
      </p>
    </section>
  );
}

interface LaneProps {
  readonly name: string;
  readonly step: Step;
  readonly text: string;
  /** Where its bar begins and ends, as parts of the whole. */
  readonly from: number;
  readonly to: number;
}

function Lane({ name, step, text, from, to }: LaneProps) {
  const { locale } = useLanguage();
  const length = Math.min(1 - from, Math.max(SHORTEST_BAR, to - from));
  return (
    <li class="lane" data-status={step.status} data-step={step.name}>
      <span class="node">
        <StatusIcon status={step.status} />
      </span>
      <span class="name">{name}</span>
      <span class="latency">
        {step.latencyMs !== undefined && formatLatency(step.latencyMs, locale)}
      </span>
      <span class="track" aria-hidden="true">
        <span
          class="bar-fill"
          style={{ transform: `translateX(${from * 100}%) scaleX(${length})` }}
        />
      </span>
      <span class="text">{text}</span>
    </li>
  );
}

function stepText({ name, status, attempts, lastError }: Step, t: Texts['timeline']): string {
  if (status === 'done') return t.doneText[name] ?? t.status.done;
  const tried = attempts > 0 && status !== 'processing' ? t.attempts(attempts) : '';
  return [t.status[status], tried, status === 'processing' ? '' : lastError]
    .filter(Boolean)
    .join(' · ');
}

function summary(timeline: State, t: Texts['timeline']): string {
  if (isComplete(timeline)) return t.complete;
  if (timeline.some(({ status }) => status === 'failed')) return t.stuck;
  return t.running;
}
