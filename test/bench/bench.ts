import type { GoalName } from './measuring/goals.js';
import type { Summary } from './measuring/statistics.js';

export interface BenchOptions {
  /** Rounds of each contender, after a warm-up. */
  readonly rounds: number;
  /** How long one contender is measured in a round; where a count is measured, how many that makes. */
  readonly seconds: number;
  /** A folder for a CPU profile of each process of Usher. */
  readonly profiles?: string;
}

export interface BenchResult {
  /** For people. */
  readonly table: string;
  /** For programs. */
  readonly result: object;
  /** Versions and settings of the servers. */
  readonly servers?: Readonly<Record<string, string>>;
  /** What was measured of the goals. */
  readonly figures?: Partial<Record<GoalName, Summary>>;
}

/** One benchmark of `npm run bench -- <name>`. */
export interface Bench {
  readonly name: string;
  /** What it measures, in a few words. */
  readonly measures: string;
  /** Tells on the way what it is at. */
  run(options: BenchOptions, say: (line: string) => void): Promise<BenchResult>;
}
