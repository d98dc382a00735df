import { jest } from '@jest/globals';
import { LEASE_MARGIN_MS, LEASE_MS, LeaseRenewal } from './lease-renewal.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Lets promises settle between the ticks. */
const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

describe('a lease that is renewed', () => {
  it('is held for as long as the handler runs', async () => {
    const renew = jest.fn(() => Promise.resolve(true));
    const onLost = jest.fn();
    const renewal = new LeaseRenewal(renew, onLost);
    await pass(10 * LEASE_MS);
    renewal.stop();

    expect(renew.mock.calls.length).toBeGreaterThanOrEqual(10);
    expect(onLost).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is given up at once when it has passed to another copy', async () => {
    const onLost = jest.fn();
    const renewal = new LeaseRenewal(() => Promise.resolve(false), onLost);
    await pass(10 * LEASE_MS);

    expect(onLost).toHaveBeenCalledTimes(1);
    renewal.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['refuses', () => Promise.reject(new Error('no connection'))],
    ['is silent', () => new Promise<never>(() => undefined)],
  ])('is given up before its end when the database %s', async (_, renew) => {
    const onLost = jest.fn();
    const renewal = new LeaseRenewal(renew, onLost);
    await pass(LEASE_MS - LEASE_MARGIN_MS - 1);
    expect(onLost).not.toHaveBeenCalled();
    await pass(1);

    expect(onLost).toHaveBeenCalledTimes(1);
    renewal.stop();
  });

  it('is kept when the database comes back in time', async () => {
    const onLost = jest.fn();
    const answers = [new Error('no connection'), new Error('no connection')];
    const renewal = new LeaseRenewal(async () => {
      const error = answers.pop();
      if (error) throw error;
      return true;
    }, onLost);
    await pass(2 * LEASE_MS);
    renewal.stop();

    expect(onLost).not.toHaveBeenCalled();
  });
});
