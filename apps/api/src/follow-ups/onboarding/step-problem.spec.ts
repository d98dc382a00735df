import type { Effect } from '#libs/messaging';
import { problemOf } from './step-problem.js';

const code = (status: string, reason: string | null, effect: Effect = 'external') =>
  problemOf({ status, reason, effect }, 'en')?.code;

describe('the problem that a person sees at a step that is not done', () => {
  it.each([
    ['retrying', 'dependency', 'waiting_for_service'],
    ['retrying', 'postponed', 'waiting_for_turn'],
    ['retrying', 'error', 'will_be_tried_again'],
    ['failed', 'permanent', 'refused'],
    ['failed', 'exhausted', 'given_up'],
    ['failed', 'invalid', 'given_up'],
    ['failed', 'unknown-type', 'given_up'],
    ['failed', 'delivery-limit', 'given_up'],
  ])('that is %s for the reason %s is %s', (status, reason, expected) => {
    expect(code(status, reason)).toBe(expected);
  });

  it('is not a refusal where the effect is not outside', () => {
    expect(code('failed', 'permanent', 'transaction')).toBe('given_up');
  });

  it.each([
    ['retrying', 'will_be_tried_again'],
    ['failed', 'given_up'],
  ])('goes by the status %s where the kind of the failure is not known', (status, expected) => {
    expect(code(status, null)).toBe(expected);
  });

  it.each(['pending', 'processing', 'done'])('is nothing while it is %s', (status) => {
    expect(code(status, 'error')).toBeUndefined();
  });

  it('is in the language of the account', () => {
    const waiting = { status: 'retrying', reason: 'dependency', effect: 'external' } as const;
    expect(problemOf(waiting, 'en')?.message).toMatch(/^A service/);
    expect(problemOf(waiting, 'zh-CN')?.message).toMatch(/^所需的服务/);
  });
});
