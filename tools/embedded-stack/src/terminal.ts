import { stripVTControlCharacters } from 'node:util';

const COLOURS = [36, 35, 33, 32];

/** For machines: the apps' lines alone, as they are, on the standard output. */
const isForMachines = process.env['LOG_FORMAT'] === 'json';

/** Says something to the person who has started the stack. */
export function tell(text: string): void {
  (isForMachines ? process.stderr : process.stdout).write(
    process.stdout.isTTY ? text : stripVTControlCharacters(text),
  );
}

/** Says what is done now, and how long it took. */
export async function progress<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  tell(`${title} …\n`);
  const result = await work();
  tell(`  done in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s\n`);
  return result;
}

/** What shows the lines of one of several programs, with its name before each. */
export function linesOf(name: string, names: readonly string[]): (line: string) => void {
  if (isForMachines) return (line) => console.log(line);
  const width = Math.max(...names.map(({ length }) => length));
  const code = COLOURS[names.indexOf(name) % COLOURS.length]!;
  const padded = name.padEnd(width);
  const label = process.stdout.isTTY ? `\x1b[${code}m${padded}\x1b[0m` : padded;
  return (line) => console.log(`${label}  ${line}`);
}
