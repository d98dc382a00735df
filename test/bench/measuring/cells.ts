import { summarize, type Latency } from './statistics.js';

/** What several rounds came to, as cells of a table for people: the medians. */
export const cells = {
  /** Two cells: the rate and its spread. */
  rate(perSecond: readonly number[]): string[] {
    const { median, spread } = summarize(perSecond);
    return [String(median), `${Math.round(spread * 100)} %`];
  },

  latency: (samples: readonly Latency[]): string =>
    (['p50', 'p95', 'p99'] as const)
      .map((each) => summarize(samples.map((sample) => sample[each])).median)
      .join(' / '),

  /** Milliseconds for each sign-up or event, by process. */
  cpu(samples: readonly { readonly cpu: Readonly<Record<string, number>> }[]): string {
    const processes = Object.keys(samples[0]?.cpu ?? {});
    return processes
      .map((name) => `${name} ${summarize(samples.map((each) => each.cpu[name] ?? NaN)).median}`)
      .join(', ');
  },
};
