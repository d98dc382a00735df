import type { Step } from '../api/types.js';

/** The steps as they are known now, in the order in which the server told them first. */
export type Timeline = readonly Step[];

export function withStep(timeline: Timeline, step: Step): Timeline {
  const known = timeline.some(({ name }) => name === step.name);
  return known
    ? timeline.map((each) => (each.name === step.name ? step : each))
    : [...timeline, step];
}

export const isOpen = ({ status }: Step): boolean => status !== 'done' && status !== 'failed';

export const isComplete = (timeline: Timeline): boolean =>
  timeline.length > 0 && timeline.every(({ status }) => status === 'done');

/** The shortest time that fills the whole width: below it, bars would jump about. */
const SHORTEST_SCALE_MS = 150;
const HEADROOM = 1.15;

/** The time after the sign-up that the whole width stands for; all bars share it. */
export function scaleMs(timeline: Timeline, elapsedMs: number): number {
  const latencies = timeline.map(({ latencyMs = 0 }) => latencyMs);
  const shown = Math.max(SHORTEST_SCALE_MS, ...latencies);
  // What is not done must not look as if it were.
  return HEADROOM * (timeline.some(isOpen) ? Math.max(shown, elapsedMs) : shown);
}
