import type { ComponentChildren } from 'preact';
import type { Step } from '../api/types.js';
import { StatusIcon } from '../shell/icons.js';

/** So that a step that took no time can be seen. */
const SHORTEST_BAR = 0.01;

interface Props {
  readonly name: string;
  readonly step: Pick<Step, 'name' | 'status' | 'delivery'>;
  /** How long it took, or has taken so far. */
  readonly time: ComponentChildren;
  readonly text: string;
  /** Where its bar begins and ends, as parts of the whole; without them there is none. */
  readonly bar?: readonly [from: number, to: number] | undefined;
}

/** One line of the timeline. */
export function Lane({ name, step, time, text, bar }: Props) {
  // The step is done, and its person still has no mail.
  const isUndelivered = step.delivery === 'bounced' || step.delivery === 'not-sent';
  const status = isUndelivered ? 'failed' : step.status;
  const [from, to] = bar ?? [0, 0];
  const length = Math.min(1 - from, Math.max(SHORTEST_BAR, to - from));
  return (
    <li class="lane" data-status={status} data-step={step.name}>
      <span class="node">
        <StatusIcon status={status} />
      </span>
      <span class="name">{name}</span>
      <span class="latency">{time}</span>
      <span class="track" aria-hidden="true">
        {bar && (
          <span
            class="bar-fill"
            style={{ transform: `translateX(${from * 100}%) scaleX(${length})` }}
          />
        )}
      </span>
      <span class="text">{text}</span>
    </li>
  );
}
