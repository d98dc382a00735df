import { jest } from '@jest/globals';
import { OUTBOX } from '../contract/messaging.js';
import type { Hints } from './hints.js';
import { OutboxHints } from './outbox-hints.js';

describe('hints of commits to the outbox', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const given = () => {
    const publish = jest.fn();
    return { publish, hints: new OutboxHints({ publish } as unknown as Hints) };
  };

  it('are sent at once for a commit that comes alone', () => {
    const { publish, hints } = given();
    hints.committed();
    expect(publish.mock.calls).toEqual([[OUTBOX, {}]]);
    jest.advanceTimersByTime(1_000);
    expect(publish).toHaveBeenCalledTimes(1);
    hints.committed();
    expect(publish).toHaveBeenCalledTimes(2);
  });

  it('are sent once for many commits that follow closely, the last of them included', () => {
    const { publish, hints } = given();
    for (let i = 0; i < 50; i++) hints.committed();
    expect(publish).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(100);
    expect(publish).toHaveBeenCalledTimes(2);
  });
});
