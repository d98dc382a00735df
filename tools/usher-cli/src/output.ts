import { table } from './table.js';

/** Prints a result: JSON with `--json`, else what `text` makes of it. */
export function print<T>(result: T, json: boolean | undefined, text: (result: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
}

/** A table with a heading, or a word when there is nothing to show. */
export function listing(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
): string {
  return rows.length === 0 ? empty : table([heading, ...rows]);
}
