import { jest } from '@jest/globals';
import { Readiness, type ReadinessCheck } from './health.js';

function readiness(checks: Record<string, ReadinessCheck>): Readiness {
  const made = new Readiness();
  for (const [name, check] of Object.entries(checks)) made.add(name, check);
  return made;
}

const never = () => new Promise<undefined>(() => undefined);

describe('the readiness of a process', () => {
  it('is given when there is nothing to check', async () => {
    expect(await readiness({}).report()).toEqual({ status: 'ready', checks: {} });
  });

  it('is given when no check has an objection', async () => {
    const report = await readiness({
      database: async () => undefined,
      broker: () => undefined,
    }).report();

    expect(report).toEqual({ status: 'ready', checks: { database: 'ok', broker: 'ok' } });
  });

  it('is not given when one check has an objection, which is told beside the others', async () => {
    const report = await readiness({
      database: async () => undefined,
      broker: () => 'not connected',
    }).report();

    expect(report).toEqual({
      status: 'not_ready',
      checks: { database: 'ok', broker: 'not connected' },
    });
  });

  it.each<[string, ReadinessCheck]>([
    [
      'throws',
      () => {
        throw new Error('out of order');
      },
    ],
    ['rejects', () => Promise.reject(new Error('out of order'))],
    ['rejects with something that is no error', () => Promise.reject('out of order')],
  ])('is not given when a check %s', async (_how, check) => {
    expect(await readiness({ broker: check }).report()).toEqual({
      status: 'not_ready',
      checks: { broker: 'out of order' },
    });
  });

  it('is not given when a check fails without a word', async () => {
    const { status, checks } = await readiness({
      database: () => Promise.reject(new AggregateError([])),
    }).report();

    expect(status).toBe('not_ready');
    expect(checks['database']).not.toBe('');
  });

  describe('when a check does not answer', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('is refused after two seconds for all the checks together', async () => {
      const report = readiness({ database: never, broker: never, disk: () => undefined }).report();
      await jest.advanceTimersByTimeAsync(2_000);

      expect(await report).toEqual({
        status: 'not_ready',
        checks: {
          database: 'no answer within 2000 ms',
          broker: 'no answer within 2000 ms',
          disk: 'ok',
        },
      });
    });

    it('leaves no timer behind', async () => {
      await readiness({ broker: () => undefined }).report();

      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
