import { provide, type Part } from './part.js';

/** A part that starts after so many failures. */
function partThatFails(times: number) {
  const starts: number[] = [];
  const part: Part = {
    name: 'a part',
    variable: 'PART_URL',
    start: async () => {
      starts.push(starts.length + 1);
      if (starts.length <= times) throw new Error(`failure ${starts.length}`);
      return { url: 'part://started', stop: async () => undefined };
    },
  };
  return { part, starts };
}

describe('a part of the stack', () => {
  it('that the environment names is not started', async () => {
    const { part, starts } = partThatFails(0);
    await expect(provide(part, { PART_URL: 'part://given' })).resolves.toMatchObject({
      url: 'part://given',
      given: true,
    });
    expect(starts).toEqual([]);
  });

  it('is started once when it starts', async () => {
    const { part, starts } = partThatFails(0);
    await expect(provide(part, {})).resolves.toMatchObject({ given: false });
    expect(starts).toEqual([1]);
  });

  it('is started again when it fails, as without its port', async () => {
    const { part } = partThatFails(1);
    await expect(provide(part, {})).resolves.toMatchObject({ url: 'part://started' });
  });

  it('fails when it fails twice', async () => {
    const { part, starts } = partThatFails(9);
    await expect(provide(part, {})).rejects.toThrow('failure 2');
    expect(starts).toEqual([1, 2]);
  });
});
