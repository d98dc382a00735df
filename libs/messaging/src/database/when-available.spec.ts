import { jest } from '@jest/globals';
import { whenAvailable } from './when-available.js';

const never = new AbortController().signal;
const failure = (code: string) => Object.assign(new Error(code), { code });

it('runs again what met a server that stops, until it is there', async () => {
  const work = jest
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(failure('57P01'))
    .mockRejectedValueOnce(failure('08006'))
    .mockResolvedValue('done');

  await expect(whenAvailable(work, never)).resolves.toBe('done');
  expect(work).toHaveBeenCalledTimes(3);
});

it('does not run again what is a defect', async () => {
  const work = jest.fn<() => Promise<string>>().mockRejectedValue(failure('42P01'));

  await expect(whenAvailable(work, never)).rejects.toThrow('42P01');
  expect(work).toHaveBeenCalledTimes(1);
});

it('gives up when the process stops', async () => {
  const stopping = new AbortController();
  const work = jest.fn<() => Promise<string>>().mockImplementation(async () => {
    stopping.abort();
    throw failure('57P01');
  });

  await expect(whenAvailable(work, stopping.signal)).rejects.toThrow('57P01');
});
