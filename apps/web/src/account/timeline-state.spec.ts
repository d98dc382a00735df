import type { Step } from '../api/types.js';
import { isComplete, scaleMs, withStep } from './timeline-state.js';

const step = (name: string, change: Partial<Step> = {}): Step => ({
  name,
  status: 'pending',
  attempts: 0,
  ...change,
});

const done = (name: string, latencyMs: number) => step(name, { status: 'done', latencyMs });

describe('a timeline', () => {
  it('keeps the order in which the steps were told first', () => {
    const timeline = [step('mail'), step('guide')].reduce(withStep, []);
    const later = withStep(timeline, done('mail', 50));
    expect(later.map(({ name, status }) => [name, status])).toEqual([
      ['mail', 'done'],
      ['guide', 'pending'],
    ]);
    expect(timeline[0]!.status).toBe('pending');
  });

  it('is complete when every step is done, and not while nothing is known', () => {
    expect(isComplete([])).toBe(false);
    expect(isComplete([done('mail', 1), step('guide', { status: 'failed' })])).toBe(false);
    expect(isComplete([done('mail', 1), done('guide', 2)])).toBe(true);
  });

  it('is as wide as its longest step when nothing is open', () => {
    const timeline = [done('mail', 2_000), done('guide', 500)];
    expect(scaleMs(timeline, 60_000)).toBe(scaleMs(timeline, 0));
    expect(scaleMs(timeline, 0)).toBeGreaterThan(2_000);
  });

  it('grows with the time while a step is open, which never looks as if it were done', () => {
    expect(scaleMs([done('mail', 500), step('guide')], 60_000)).toBeGreaterThan(65_000);
    expect(scaleMs([done('mail', 500), step('guide', { status: 'failed' })], 60_000)).toBeLessThan(
      1_000,
    );
  });
});
