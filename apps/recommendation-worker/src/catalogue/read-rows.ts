import { parse } from 'csv-parse';
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { itemRecord } from './item-record.js';

/** A row of a file, not yet checked, or what keeps it from being one. */
export type Row =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly raw: string; readonly problem: string };

/** The file as a whole cannot be read. */
export class UnreadableCatalogueError extends Error {
  override name = 'UnreadableCatalogueError';
}

/** A longer row is refused, and never held in memory whole. */
const MAX_ROW_BYTES = 65_536;
const COLUMNS = Object.keys(itemRecord.shape);
const OPTIONAL = ['countries', 'popularity', 'publishedAt'];

/**
 * The rows of a `.csv` or `.jsonl` file, one at a time. Lists in CSV are separated by semicolons.
 * @throws UnreadableCatalogueError
 */
export function readRows(path: string): AsyncIterable<Row> {
  if (path.endsWith('.csv')) return readCsv(path);
  if (path.endsWith('.jsonl')) return readJsonLines(path);
  throw new UnreadableCatalogueError(`${path}: expected a file named .csv or .jsonl`);
}

async function* readCsv(path: string): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const input = createReadStream(path).on('error', (error) => parser.destroy(error));
  let header: string[] | undefined;
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<CsvRow>) {
      if (header) yield csvRow(header, record, info.lines);
      else header = checkHeader(record, path);
    }
  } catch (error) {
    if (error instanceof UnreadableCatalogueError) throw error;
    throw new UnreadableCatalogueError(`${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    input.destroy();
  }
  if (!header) throw new UnreadableCatalogueError(`${path}: has no line that names the columns`);
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function checkHeader(record: readonly string[], path: string): string[] {
  const header = record.map((name) => name.trim());
  const missing = COLUMNS.filter((name) => !header.includes(name) && !OPTIONAL.includes(name));
  const unknown = header.filter((name, i) => !COLUMNS.includes(name) || header.indexOf(name) < i);
  const problems = [
    ...(missing.length > 0 ? [`it lacks the columns ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`it has unknown or repeated columns ${unknown.join(', ')}`] : []),
  ];
  if (problems.length === 0) return header;
  const expected = `expected are ${COLUMNS.join(', ')}`;
  throw new UnreadableCatalogueError(`${path}: ${[...problems, expected].join('; ')}`);
}

function csvRow(header: readonly string[], record: readonly string[], line: number): Row {
  if (record.length !== header.length) {
    const problem = `expected ${header.length} columns, found ${record.length}`;
    return { line, raw: record.join(','), problem };
  }
  const cells = header.map((name, i) => [name, record[i]!.trim()] as const);
  return { line, value: Object.fromEntries(cells.flatMap(([name, cell]) => fieldOf(name, cell))) };
}

/** An empty cell is a field that is not given. */
function fieldOf(name: string, cell: string): [string, unknown][] {
  if (cell === '') return [];
  if (name === 'popularity') return [[name, Number(cell)]];
  const isList = name === 'tags' || name === 'countries';
  return [[name, isList ? cell.split(';').map((entry) => entry.trim()) : cell]];
}

async function* readJsonLines(path: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const { bytes, isTooLong } of lines(path)) {
    line++;
    const raw = bytes.toString('utf8');
    if (isTooLong) yield { line, raw, problem: `longer than ${MAX_ROW_BYTES} bytes` };
    else if (!isUtf8(bytes)) yield { line, raw, problem: 'is not UTF-8' };
    else if (raw.trim() !== '') yield jsonRow(line, raw);
  }
}

function jsonRow(line: number, raw: string): Row {
  try {
    return { line, value: JSON.parse(raw) };
  } catch (error) {
    return { line, raw, problem: `is not JSON: ${(error as Error).message}` };
  }
}

/** Of a line that is too long only the beginning. */
async function* lines(path: string): AsyncGenerator<{ bytes: Buffer; isTooLong: boolean }> {
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer) => {
    if (length < MAX_ROW_BYTES) parts.push(part.subarray(0, MAX_ROW_BYTES - length));
    length += part.length;
  };
  const take = () => {
    const line = { bytes: Buffer.concat(parts), isTooLong: length > MAX_ROW_BYTES };
    parts = [];
    length = 0;
    return line;
  };
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end; (end = chunk.indexOf('\n', start)) >= 0; start = end + 1) {
        keep(chunk.subarray(start, end));
        yield take();
      }
      keep(chunk.subarray(start));
    }
  } catch (error) {
    throw new UnreadableCatalogueError(`${path}: ${(error as Error).message}`, { cause: error });
  }
  if (length > 0) yield take();
}
