import { linePlot, type Series } from './line-plot.js';

const plot = (...series: Series[]) => linePlot({ title: 'A & B', x: 'load', y: 'ms', series });
const places = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);

describe('a line plot', () => {
  it('puts equal multiples equally far apart', () => {
    const points = [
      [1, 10],
      [10, 100],
      [100, 1_000],
    ] as const;
    const [a, b, c] = places(plot({ name: 'p50', points }));
    expect(b![0]! - a![0]!).toBeCloseTo(c![0]! - b![0]!, 0);
    expect(b![1]! - a![1]!).toBeCloseTo(c![1]! - b![1]!, 0);
  });

  it('draws more further to the right and higher up', () => {
    const [a, b] = places(plot({ name: 'p50', points: [[10, 5], [80, 400]] })); // prettier-ignore
    expect(b![0]).toBeGreaterThan(a![0]!);
    expect(b![1]).toBeLessThan(a![1]!);
  });

  it('escapes what it is called', () => {
    const svg = plot({ name: '<b>', points: [[1, 1]] });
    expect(svg).toContain('A &#38; B');
    expect(svg).toContain('&#60;b&#62;');
    expect(svg).not.toContain('<b>');
  });

  it('is refused without a single value', () => {
    expect(() => plot({ name: 'p50', points: [] })).toThrow('nothing to draw');
  });
});
