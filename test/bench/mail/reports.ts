import type { BenchOptions } from '../bench.js';
import type { ReportSample } from '../references/reports.main.js';
import { runReference } from '../stack/reference.js';

export type { ReportSample };

/** 10,000 reports of mail servers, each round in a process of its own. */
export async function reportTimes(
  { rounds }: BenchOptions,
  say: (line: string) => void,
): Promise<ReportSample[]> {
  const samples: ReportSample[] = [];
  for (let i = 0; i < rounds; i++) {
    say(`reports: round ${i + 1} of ${rounds}`);
    samples.push(await runReference<ReportSample>('reports', {}));
  }
  return samples;
}
