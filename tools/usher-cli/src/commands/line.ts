import type { Database } from '#libs/database';
import type { Command } from 'commander';
import { withDatabase } from '../broker.js';
import { print } from '../output.js';
import { table } from '../table.js';

/** What one instance of the API said last. */
interface Instance {
  readonly instance: string;
  /** Its share of the line: people whom it gave a ticket. */
  readonly length: number;
  readonly ratePerSecond: number;
  readonly at: Date;
}

interface LineReport {
  readonly length: number;
  readonly ratePerSecond: number;
  readonly waitSeconds: number;
  readonly returnedRatio: number;
  readonly instances: readonly Instance[];
}

/** An instance that has a line says so once a second. */
const FRESH = `interval '5 seconds'`;

/** `line`: who waits to sign up. */
export function addLine(program: Command): void {
  program
    .command('line')
    .description('the line of those who wait to sign up')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      print(await withDatabase(readLine), json, text);
    });
}

interface Row {
  instance: string;
  at: Date;
  rate: number;
  length: number;
  returned_ratio: number;
  waiting: number;
}

async function readLine(database: Database): Promise<LineReport> {
  const rows = await database.query<Row>(
    `SELECT instance, at, rate, length::float8, returned_ratio,
            greatest(0, issued - served - gone)::float8 AS waiting
       FROM accounts.lines WHERE at > clock_timestamp() - ${FRESH} ORDER BY at DESC, instance`,
  );
  const length = Math.max(0, ...rows.map((row) => row.length));
  const ratePerSecond = sum(rows.map(({ rate }) => rate));
  const waiting = sum(rows.map((row) => row.waiting));
  return {
    length,
    ratePerSecond: rounded(ratePerSecond),
    waitSeconds: length === 0 ? 0 : rounded(length / ratePerSecond),
    returnedRatio: rows[0]?.returned_ratio ?? 1,
    instances: rows.map((row) => ({
      instance: row.instance,
      length: waiting === 0 ? 0 : Math.round((length * row.waiting) / waiting),
      ratePerSecond: rounded(row.rate),
      at: row.at,
    })),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const rounded = (number: number) => Math.round(number * 10) / 10;

function text({
  length,
  ratePerSecond,
  waitSeconds,
  returnedRatio,
  instances,
}: LineReport): string {
  if (length === 0) return 'Nobody waits to sign up.';
  const percent = Math.round(returnedRatio * 100);
  return [
    `${length} people wait to sign up; a person who comes now waits ${waitSeconds} s.`,
    `${ratePerSecond} sign up in a second; of those whose turn came, ${percent} % came back.`,
    '',
    table([
      ['INSTANCE', 'LENGTH', 'PER SECOND', 'REPORTED AT'],
      ...instances.map((each) => [
        each.instance,
        String(each.length),
        String(each.ratePerSecond),
        each.at.toISOString(),
      ]),
    ]),
  ].join('\n');
}
