import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../tools/embedded-stack/src/paths.js';
import { describeMachine } from '../measuring/machine.js';
import { summarize } from '../measuring/statistics.js';
import { PERFORMANCE_PAGE, performanceFiles, type SavedResult } from './performance-files.js';
import { savedResults } from './save.js';

const read = (path: string) => readFile(join(root, path), 'utf8');
const page = await read(PERFORMANCE_PAGE);
const rowOf = (text: string, what: string) =>
  text.split('\n').find((line) => line.includes(what)) ?? '';
const rendered = (...results: SavedResult[]) =>
  performanceFiles(page, results).get(PERFORMANCE_PAGE)!;

const result = (bench: string, more: Partial<SavedResult> = {}): SavedResult => ({
  bench,
  date: '2026-11-23T10:00:00.000Z',
  commit: 'abc',
  machine: describeMachine(),
  rounds: 5,
  seconds: 10,
  ...more,
});

describe('docs/performance.md', () => {
  it('has the figures that were saved, and no others', async () => {
    for (const [path, text] of performanceFiles(page, await savedResults())) {
      expect(await read(path)).toBe(text);
    }
  });

  it('says of every goal that it was not measured, when nothing was saved', () => {
    const text = rendered();
    expect(text.match(/not measured yet/g)!.length).toBeGreaterThan(15);
    expect(text).not.toMatch(/\| (met|missed) /);
  });

  it('takes a figure and its verdict from what was saved', () => {
    const figures = { 'relay-to-amqplib': summarize([0.51, 0.5, 0.52]) };
    const row = rowOf(rendered(result('relay', { figures })), 'relay events/s');
    expect(row).toContain('| 0.51 (spread 4 %)');
    expect(row).toMatch(/\| met +\|$/);
  });

  it('shows the plots of what there is', () => {
    const steps = [
      { offeredPerSecond: 10, p50: 15, p99: 20 },
      { offeredPerSecond: 100, p50: 80, p99: 300 },
    ];
    const files = performanceFiles(page, [result('burst', { steps })]);
    expect([...files.keys()]).toEqual([PERFORMANCE_PAGE, 'docs/images/latency-by-load.svg']);
    expect(files.get(PERFORMANCE_PAGE)).toContain('](images/latency-by-load.svg)');
  });

  it('shows how a crowd was served beside the ideal', () => {
    const crowds = {
      'all stay': { stayed: 20, lastSeconds: 2, lastToIdeal: 1.25, served: [0, 9, 20] },
    };
    const picture = performanceFiles(page, [result('burst', { crowds })]).get(
      'docs/images/the-line.svg',
    )!;
    const lines = [...picture.matchAll(/<polyline[^>]* points="([^"]+)"/g)].map(([, points]) =>
      points!.split(' ').map((point) => point.split(',').map(Number)),
    );
    expect(lines.map(({ length }) => length)).toEqual([2, 3]);
    const [ideal, served] = lines;
    // As many people, sooner.
    expect(ideal!.at(-1)![1]).toBe(served!.at(-1)![1]);
    expect(ideal!.at(-1)![0]).toBeLessThan(served!.at(-1)![0]!);
  });

  it('is refused without a place for a part', () => {
    const lacking = page.replace('<!-- generated: goals -->', '');
    expect(() => performanceFiles(lacking, [])).toThrow("'<!-- generated: goals -->'");
  });
});
