/** One benchmark of `npm run bench -- <name>`. */
export interface Bench {
  readonly name: string;
  /** What it measures, in a few words. */
  readonly measures: string;
  /** Tells on the way what it is at; answers with a table for people and one object for programs. */
  run(say: (line: string) => void): Promise<{ readonly table: string; readonly result: object }>;
}
