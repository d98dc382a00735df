import { jest } from '@jest/globals';
import { Deadline } from './deadline.js';
import { HandlerTimeoutError } from '../retry/errors.js';

const LIMIT_MS = 30_000;

const never = () => new Promise<never>(() => undefined);

describe('a deadline', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('lets work through that ends in time, with its value or its error', async () => {
    const deadline = new Deadline(LIMIT_MS);

    await expect(deadline.race(Promise.resolve('done'))).resolves.toBe('done');
    await expect(deadline.race(Promise.reject(new Error('boom')))).rejects.toThrow('boom');
  });

  it('gives up on work that takes longer, and not a moment earlier', async () => {
    const deadline = new Deadline(LIMIT_MS);
    const outcome = deadline.race(never()).catch((error: unknown) => error);

    jest.advanceTimersByTime(LIMIT_MS - 1);
    expect(deadline.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);

    const error = await outcome;
    expect(error).toBeInstanceOf(HandlerTimeoutError);
    expect((error as Error).message).toBe('the handler took longer than 30000 ms');
  });

  it('tells the work by its signal, with the same error', () => {
    const deadline = new Deadline(LIMIT_MS);
    jest.advanceTimersByTime(LIMIT_MS);

    expect(() => deadline.signal.throwIfAborted()).toThrow(HandlerTimeoutError);
  });

  it('gives up at once when the time was up before the work began', async () => {
    const deadline = new Deadline(LIMIT_MS);
    jest.advanceTimersByTime(LIMIT_MS);

    await expect(deadline.race(never())).rejects.toThrow(HandlerTimeoutError);
  });

  it('never fires, and holds no timer, once it is cleared', () => {
    const deadline = new Deadline(LIMIT_MS);
    deadline.clear();

    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(2 * LIMIT_MS);
    expect(deadline.signal.aborted).toBe(false);
  });
});
