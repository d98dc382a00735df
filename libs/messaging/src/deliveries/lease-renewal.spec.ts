import { jest } from '@jest/globals';
import { LEASE_MARGIN_MS, LEASE_MS, LeaseRenewal } from './lease-renewal.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Lets promises settle between the ticks. */
const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

const errorWith = (message: string) => expect.objectContaining({ name: 'LeaseHeldError', message });

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
    // Long before it would end without being renewed.
    await pass(LEASE_MS - LEASE_MARGIN_MS - 1);
    expect(onLost).toHaveBeenCalledWith(errorWith('the lease has passed to another copy'));
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
    expect(onLost).toHaveBeenCalledWith(errorWith('the lease could not be renewed in time'));
    renewal.stop();
  });

  it('lasts from when the database was asked, however late it answered', async () => {
    let askedAt: number | undefined;
    const onLost = jest.fn();
    const renewal = new LeaseRenewal(async () => {
      if (askedAt !== undefined) throw new Error('no connection');
      askedAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 3));
      return true;
    }, onLost);
    await pass(LEASE_MS / 3);
    await pass(askedAt! + LEASE_MS - LEASE_MARGIN_MS - performance.now() - 1);
    expect(onLost).not.toHaveBeenCalled();
    await pass(1);

    expect(onLost).toHaveBeenCalledTimes(1);
    renewal.stop();
  });

  it('is asked for once at a time', async () => {
    const renew = jest.fn(() => new Promise<never>(() => undefined));
    const renewal = new LeaseRenewal(renew, jest.fn());
    await pass(LEASE_MS - LEASE_MARGIN_MS - 1);
    renewal.stop();

    expect(renew).toHaveBeenCalledTimes(1);
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
