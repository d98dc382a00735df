import { measureRounds } from './rounds.js';

describe('rounds', () => {
  const run = async (rounds: number, warmUps?: number) => {
    const order: string[] = [];
    const contender = (name: string) => async () => order.push(name);
    const contenders = { a: contender('a'), b: contender('b'), c: contender('c') };
    const samples = await measureRounds(contenders, rounds, () => undefined, warmUps);
    return { order: order.join(''), samples };
  };

  it('begin with a warm-up and turn the order around each time', async () => {
    expect((await run(3)).order).toBe('abcabccbaabc');
  });

  it('begin with as many warm-ups as are asked for', async () => {
    expect((await run(1, 2)).order).toBe('abcabcabc');
  });

  it('keep one sample of each contender a round, and none of the warm-up', async () => {
    const { samples } = await run(2);
    expect(samples).toEqual({ a: [4, 9], b: [5, 8], c: [6, 7] });
  });

  it('end with the first contender that fails', async () => {
    const contenders = {
      fails: async () => {
        throw new Error('no server');
      },
    };
    await expect(measureRounds(contenders, 1, () => undefined)).rejects.toThrow('no server');
  });
});
