import { SharedLook } from './shared-look.js';

describe('a shared look', () => {
  it('is one for all who ask at the same time, and anew after its time or when forgotten', async () => {
    let looks = 0;
    const shared = new SharedLook(60_000, async () => ++looks);
    await expect(Promise.all([shared.get(), shared.get()])).resolves.toEqual([1, 1]);
    shared.forget();
    await expect(shared.get()).resolves.toBe(2);
    const short = new SharedLook(0, async () => ++looks);
    await short.get();
    await expect(short.get()).resolves.toBe(4);
  });

  it('that failed is told to those who waited, and tried anew by the next', async () => {
    let fails = true;
    const shared = new SharedLook(60_000, async () => {
      if (fails) throw new Error('no broker');
      return 'seen';
    });
    const both = [shared.get(), shared.get()];
    for (const answer of both) await expect(answer).rejects.toThrow('no broker');
    fails = false;
    await expect(shared.get()).resolves.toBe('seen');
  });
});
